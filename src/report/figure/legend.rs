//! A line of signs with their names.

use super::sheet::{Point, Sheet, Type};
use super::theme::{SMALL, fit, width};

/// What the signs of a legend are drawn with: the sheet, the sign's place, which sign.
pub type Sign<'a> = dyn FnMut(&mut Sheet, Point, usize) + 'a;

/// Draws a legend from `left` at `top`, in as many lines as `right` demands; gives where it ends.
pub fn draw(sheet: &mut Sheet, (left, right): Point, top: f64, names: &[String], sign: &mut Sign) -> f64 {
    /// From one baseline to the next, points.
    const LINE: f64 = SMALL * 1.5;
    let (mut x, mut y) = (left, top + SMALL);
    for (n, name) in names.iter().enumerate() {
        let name = fit(name, SMALL, false, (right - left - 20.0).max(20.0));
        let wide = width(&name, SMALL, false) + 22.0;
        if x + wide > right + 6.0 && x > left {
            (x, y) = (left, y + LINE);
        }
        sign(sheet, (x + 5.0, y - SMALL * 0.36), n);
        sheet.text((x + 12.0, y), &name, Type::new(SMALL));
        x += wide;
    }
    if names.is_empty() { top } else { y + 2.0 }
}
