//! From a sheet to SVG and PNG, by plotters.
//!
//! plotters works in whole pixels, so that thin lines come out jagged and curves wobble. Everything
//! is therefore drawn several times too large; the SVG keeps that as its inner scale, and the PNG
//! averages squares of 2 × 2 pixels.

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle};

use super::sheet::{Anchor, Pen, Point, Shape, Sheet, Type};
use super::theme::{self, Colour};
use crate::report::Error;

/// Drawn pixels to one of the PNG.
const OVERSIZE: u32 = 2;
/// Nothing is drawn farther from the corner than this, pixels; no sheet is as large.
const FARTHEST: f64 = 100_000.0;
/// Drawn pixels to one outer unit of the SVG.
const SVG_SCALE: u32 = 4;

/// The sheet as SVG, without its caption.
pub fn svg(sheet: &Sheet) -> Result<String, Error> {
    let (wide, high) = drawn_size(sheet);
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, (wide, high));
    // plotters' SVG divides a font's size by 1.24 and hangs it 0.76 em above its baseline.
    draw(sheet, &mut backend, TextRule { size_per_em: 1.24, drop_per_em: 0.76 })?;
    drop(backend);
    let head_end = text.find('>').ok_or_else(|| Error::Draw("the SVG has no head".into()))?;
    let head = format!(
        "<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {wide} {high}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>{}</title>",
        wide / SVG_SCALE,
        high / SVG_SCALE,
        escaped(&sheet.title),
    );
    Ok(head + &text[head_end + 1..])
}

/// The sheet as PNG, without its caption.
pub fn png(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let (wide, high) = drawn_size(sheet);
    let mut pixels = vec![255; wide as usize * high as usize * 3];
    let mut backend = BitMapBackend::with_buffer(&mut pixels, (wide, high));
    // plotters' bitmaps take the font's height for its size and put the baseline at half of it.
    let rule = TextRule { size_per_em: theme::HEIGHT_PER_EM, drop_per_em: theme::HEIGHT_PER_EM / 2.0 };
    draw(sheet, &mut backend, rule)?;
    drop(backend);
    let averaged = average_squares(&pixels, wide as usize, high as usize);
    encode(&averaged, wide / OVERSIZE, high / OVERSIZE, sheet.fineness)
}

/// Width and height in drawn pixels, a multiple of what they are divided by later.
fn drawn_size(sheet: &Sheet) -> (u32, u32) {
    let pixels = |pt: f64| {
        let outer = (pt * f64::from(sheet.fineness * OVERSIZE) / f64::from(SVG_SCALE)).round();
        outer as u32 * SVG_SCALE
    };
    (pixels(sheet.width), pixels(sheet.height))
}

/// What a backend makes of a font's size, and how far below the given place its baseline lies.
#[derive(Clone, Copy)]
struct TextRule {
    size_per_em: f64,
    drop_per_em: f64,
}

fn draw<B: DrawingBackend>(sheet: &Sheet, backend: &mut B, rule: TextRule) -> Result<(), Error> {
    theme::register_fonts();
    let paper = Paper { scale: f64::from(sheet.fineness * OVERSIZE), rule };
    let (wide, high) = drawn_size(sheet);
    backend.draw_rect((0, 0), (wide as i32, high as i32), &filled(theme::WHITE), true).map_err(failed)?;
    for shape in &sheet.shapes {
        paper.draw(shape, backend)?;
    }
    backend.present().map_err(failed)
}

fn failed(problem: impl std::error::Error) -> Error {
    Error::Draw(problem.to_string())
}

struct Paper {
    scale: f64,
    rule: TextRule,
}

impl Paper {
    fn pixel(&self, at: Point) -> (i32, i32) {
        // plotters walks along a shape pixel by pixel, in the paper or not: a broken number must not
        // send it on a walk of two thousand million.
        let pixel = |pt: f64| (pt * self.scale).round().clamp(-FARTHEST, FARTHEST) as i32;
        (pixel(at.0), pixel(at.1))
    }

    fn pixels(&self, points: &[Point]) -> Vec<(i32, i32)> {
        let mut all: Vec<(i32, i32)> = points.iter().map(|p| self.pixel(*p)).collect();
        all.dedup();
        all
    }

    fn draw<B: DrawingBackend>(&self, shape: &Shape, backend: &mut B) -> Result<(), Error> {
        match shape {
            Shape::Line { points, pen } => self.line(points, *pen, backend),
            Shape::Area { points, colour } => {
                backend.fill_polygon(self.pixels(points), &filled(*colour)).map_err(failed)
            }
            Shape::Box { rect, colour } => {
                let (from, to) = (self.pixel((rect.left, rect.top)), self.pixel((rect.right, rect.bottom)));
                backend.draw_rect(from, to, &filled(*colour), true).map_err(failed)
            }
            Shape::Disc { at, radius, colour } => {
                let radius = (radius * self.scale).round() as u32;
                backend.draw_circle(self.pixel(*at), radius, &filled(*colour), true).map_err(failed)
            }
            Shape::Text { at, text, set } => self.text(*at, text, *set, backend),
        }
    }

    fn line<B: DrawingBackend>(&self, points: &[Point], pen: Pen, backend: &mut B) -> Result<(), Error> {
        let stroke_width = ((pen.width * self.scale).round() as u32).max(1);
        let style = ShapeStyle { color: rgba(pen.colour), filled: false, stroke_width };
        for piece in dashes(points, pen.dash) {
            let pixels = self.pixels(&piece);
            if pixels.len() > 1 {
                backend.draw_path(pixels, &style).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn text<B: DrawingBackend>(
        &self,
        at: Point,
        text: &str,
        set: Type,
        backend: &mut B,
    ) -> Result<(), Error> {
        let em = set.size * self.scale;
        let style = if set.bold { FontStyle::Bold } else { FontStyle::Normal };
        let turn = if set.turned { FontTransform::Rotate270 } else { FontTransform::None };
        let font = FontDesc::new(theme::FAMILY, em * self.rule.size_per_em, style).transform(turn);
        let across = match set.anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let colour = rgba(set.colour);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(across, VPos::Top));
        let (x, y) = self.pixel(at);
        let drop = (em * self.rule.drop_per_em).round() as i32;
        let place = if set.turned { (x - drop, y) } else { (x, y - drop) };
        backend.draw_text(text, &style, place).map_err(failed)
    }
}

fn rgba((r, g, b): Colour) -> RGBAColor {
    RGBAColor(r, g, b, 1.0)
}

fn filled(colour: Colour) -> ShapeStyle {
    ShapeStyle { color: rgba(colour), filled: true, stroke_width: 0 }
}

/// The strokes of a dashed line; the line itself where it is solid.
fn dashes(points: &[Point], dash: &[f64]) -> Vec<Vec<Point>> {
    if dash.is_empty() {
        return vec![points.to_vec()];
    }
    let mut pieces = Vec::new();
    let (mut turn, mut left) = (0, dash[0]);
    let mut piece = vec![points[0]];
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            if length <= left {
                left -= length;
                piece.push(to);
                break;
            }
            from = (from.0 + dx * left / length, from.1 + dy * left / length);
            piece.push(from);
            if turn % 2 == 0 {
                pieces.push(std::mem::take(&mut piece));
            }
            piece = vec![from];
            turn = (turn + 1) % dash.len();
            left = dash[turn];
        }
    }
    if turn % 2 == 0 {
        pieces.push(piece);
    }
    pieces
}

/// Each pixel the mean of a square of four.
fn average_squares(pixels: &[u8], wide: usize, high: usize) -> Vec<u8> {
    let mut averaged = Vec::with_capacity(pixels.len() / 4);
    for y in (0..high).step_by(2) {
        for x in (0..wide).step_by(2) {
            for channel in 0..3 {
                let at = |dx: usize, dy: usize| u16::from(pixels[((y + dy) * wide + x + dx) * 3 + channel]);
                let sum = at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1);
                averaged.push(((sum + 2) / 4) as u8);
            }
        }
    }
    averaged
}

fn encode(pixels: &[u8], wide: u32, high: u32, pixels_per_pt: u32) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, wide, high);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    /// Points in a metre: 72 to an inch of 0.0254 m.
    const PT_PER_METRE: f64 = 72.0 / 0.0254;
    let per_metre = (f64::from(pixels_per_pt) * PT_PER_METRE).round() as u32;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
