//! The styles: the 16 colours of any terminal, or none.

use ratatui::style::{Color, Modifier, Style};

/// How things look. Whatever has a colour differs in shape, weight or words, too.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// What matters most.
    pub strong: Style,
    /// What is read.
    pub plain: Style,
    /// What stands behind.
    pub faint: Style,
    /// A twitch.
    pub twitch: Style,
    /// Over the threshold, not judged yet.
    pub waits: Style,
    /// Something is wrong.
    pub alarm: Style,
    /// Keys, and lines at the edge.
    pub bar: Style,
}

impl Theme {
    pub fn new(coloured: bool) -> Self {
        let plain = Style::new();
        let strong = plain.add_modifier(Modifier::BOLD);
        let colour = |style: Style, colour| if coloured { style.fg(colour) } else { style };
        Self {
            strong,
            plain,
            faint: if coloured { plain.fg(Color::DarkGray) } else { plain.add_modifier(Modifier::DIM) },
            twitch: colour(strong, Color::Green),
            waits: colour(strong, Color::Yellow),
            alarm: colour(strong.add_modifier(Modifier::REVERSED), Color::Red),
            bar: plain.add_modifier(Modifier::REVERSED),
        }
    }
}
