//! What all figures share: colours, type sizes, strokes, and the one font.

use std::sync::Once;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// An opaque colour: red, green, blue.
pub type Colour = (u8, u8, u8);

pub const WHITE: Colour = (255, 255, 255);
/// Text and axes.
pub const INK: Colour = (26, 26, 26);
/// Secondary text.
pub const SOFT: Colour = (84, 84, 84);
/// Lines that only guide the eye.
pub const GRID: Colour = (228, 228, 228);
/// One of many lines.
pub const MUTED: Colour = (158, 158, 158);
/// One of very many lines.
pub const CROWDED: Colour = (206, 206, 206);
/// Where there is no valid signal.
pub const MASKED: Colour = (138, 138, 138);

// Okabe M, Ito K (2008), Color Universal Design: told apart by the colour-blind. The order puts
// neighbours far apart in lightness, so that they differ in greyscale too.
pub const BLUE: Colour = (0, 114, 178);
pub const VERMILLION: Colour = (213, 94, 0);
pub const GREEN: Colour = (0, 158, 115);
pub const PURPLE: Colour = (204, 121, 167);
pub const ORANGE: Colour = (230, 159, 0);
pub const SKY: Colour = (86, 180, 233);

/// Colour and dash of each of a few lines, which so differ without colour too.
pub const SERIES: [(Colour, &[f64]); FEW] = [
    (VERMILLION, &[]),
    (GREEN, &[4.0, 1.4]),
    (PURPLE, &[1.5, 1.2]),
    (SKY, &[6.0, 1.4, 1.5, 1.4]),
    (ORANGE, &[2.8, 1.2]),
    (INK, &[1.0, 1.0]),
];
/// Up to this many lines each has a colour, a dash and a label of its own; more are grey.
pub const FEW: usize = 6;
/// From this many lines on they are a texture: lighter, without ends, and below the band.
pub const CROWD: usize = 80;

/// Width of one print column (85 mm), points, and pixels of its PNG to a point: 576 to an inch.
pub const COLUMN: f64 = 241.0;
pub const COLUMN_FINENESS: u32 = 8;
/// Width of a page's text (174 mm), points, and pixels of its PNG to a point: 288 to an inch.
pub const PAGE: f64 = 493.0;
pub const PAGE_FINENESS: u32 = 4;

/// The band around a mean, and its edge, which survives a photocopier.
pub const BAND: Colour = (213, 230, 242);
pub const BAND_EDGE: Colour = (128, 176, 211);
/// What another threshold would give: neutral and darker than the band, so that greyscale parts
/// them.
pub const SENSITIVITY: Colour = (188, 197, 205);
/// Where a needle is in.
pub const DWELLING: Colour = (238, 243, 236);
pub const DWELLING_EDGE: Colour = (140, 160, 135);

/// Type sizes, points. Nothing is smaller than 6 pt at the printed width.
pub const TITLE: f64 = 7.6;
pub const AXIS: f64 = 6.8;
pub const SMALL: f64 = 6.2;
pub const CAPTION: f64 = 6.0;

/// The generic family: the SVG names it, so that any viewer has it.
pub const FAMILY: FontFamily<'static> = FontFamily::SansSerif;

/// Gives plotters the font; without it, a machine without fonts could not draw text.
pub fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A font that cannot be read shows as an error of the first text that is drawn.
        let family = FAMILY.as_str();
        let _ = register_font(family, FontStyle::Normal, dejavu::sans::regular());
        let _ = register_font(family, FontStyle::Bold, dejavu::sans::bold());
    });
}

/// DejaVu Sans from ascender to descender, em: plotters takes this height for the size of a font
/// when it draws pixels.
pub const HEIGHT_PER_EM: f64 = 1.164;

/// How wide `text` is at `size` points, points.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    /// Measured large, because plotters rounds to whole pixels.
    const EM: f64 = 1000.0;
    register_fonts();
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FAMILY, EM * HEIGHT_PER_EM, style);
    // Without a font nothing can be drawn either; until then a usual width keeps the layout going.
    let wide = font.box_size(text).map_or(0.6 * EM * text.chars().count() as f64, |(w, _)| f64::from(w));
    wide / EM * size
}

/// `text` cut to `room` points, with an ellipsis where it was cut.
pub fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let short = |n: usize| {
        chars[..n].iter().collect::<String>().trim_end_matches([' ', ',', '.', ':']).to_owned() + "…"
    };
    let fits = |n: &usize| width(&short(*n), size, bold) <= room;
    // Labels come from files and may be of any length, so halve instead of trying each.
    let (mut least, mut most) = (0, chars.len());
    while most - least > 1 {
        let middle = least.midpoint(most);
        if fits(&middle) { least = middle } else { most = middle }
    }
    short(least)
}

/// `text` in lines no wider than `room` points, broken at plain spaces only: a no-break space keeps
/// a number with its unit.
pub fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let word = fit(word, size, false, room);
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, false) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// Text that may stand in a figure: without control characters, which no XML may hold.
pub fn plain(raw: &str) -> String {
    let visible = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    raw.chars().map(|c| if visible(c) { c } else { ' ' }).collect::<String>().trim().to_owned()
}
