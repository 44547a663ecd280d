//! Numbers that are read from two metres: digits drawn of blocks.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

/// The dots of a character, three a row, five rows; a colon and a point are one dot wide.
const fn dots(c: char) -> Option<[&'static str; 5]> {
    Some(match c {
        '0' => ["###", "# #", "# #", "# #", "###"],
        '1' => ["## ", " # ", " # ", " # ", "###"],
        '2' => ["###", "  #", "###", "#  ", "###"],
        '3' => ["###", "  #", "###", "  #", "###"],
        '4' => ["# #", "# #", "###", "  #", "  #"],
        '5' => ["###", "#  ", "###", "  #", "###"],
        '6' => ["###", "#  ", "###", "# #", "###"],
        '7' => ["###", "  #", "  #", "  #", "  #"],
        '8' => ["###", "# #", "###", "# #", "###"],
        '9' => ["###", "# #", "###", "  #", "###"],
        ':' => [" ", "#", " ", "#", " "],
        '.' => [" ", " ", " ", " ", "#"],
        '-' => ["   ", "   ", "###", "   ", "   "],
        _ => return None,
    })
}

/// Rows of a number at `scale`.
pub const fn height(scale: u16) -> u16 {
    5 * scale
}

/// Columns of a number at `scale`: a dot is twice as many columns as rows, because a cell is twice
/// as high as wide.
fn width(text: &str, scale: u16) -> u16 {
    let glyph = |c: char| dots(c).map_or(0, |rows| 2 * scale * rows[0].len() as u16);
    let gaps = scale * (text.chars().count() as u16).saturating_sub(1);
    text.chars().map(glyph).sum::<u16>() + gaps
}

/// Draws `text` with its upper left corner at (`x`, `y`), as large as fits `most` columns, up to
/// `scale`; what does not fit at all is written plainly.
pub fn draw(text: &str, (x, y): (u16, u16), most: u16, scale: u16, style: Style, buffer: &mut Buffer) {
    let Some(scale) = (1..=scale).rev().find(|scale| width(text, *scale) <= most) else {
        buffer.set_stringn(x, y + 2, text, usize::from(most), style);
        return;
    };
    let mut left = x;
    for rows in text.chars().filter_map(dots) {
        for (row, line) in rows.iter().enumerate() {
            for (place, _) in line.match_indices('#') {
                fill(buffer, (left + 2 * scale * place as u16, y + scale * row as u16), scale, style);
            }
        }
        left += 2 * scale * rows[0].len() as u16 + scale;
    }
}

fn fill(buffer: &mut Buffer, (x, y): (u16, u16), scale: u16, style: Style) {
    for row in y..y + scale {
        for column in x..x + 2 * scale {
            if let Some(cell) = buffer.cell_mut((column, row)) {
                cell.set_char('█').set_style(style);
            }
        }
    }
}
