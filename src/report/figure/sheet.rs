//! A sheet of paper with shapes on it, in points (1/72 inch) from the upper left corner.

use super::theme::{CAPTION, Colour, INK, SOFT, plain, wrap};

pub type Point = (f64, f64);

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(self) -> f64 {
        self.right - self.left
    }

    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// The area that both cover, square points.
    pub fn overlap(self, other: Self) -> f64 {
        let wide = self.right.min(other.right) - self.left.max(other.left);
        let high = self.bottom.min(other.bottom) - self.top.max(other.top);
        wide.max(0.0) * high.max(0.0)
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    pub colour: Colour,
    pub width: f64,
    /// Lengths of stroke and gap in turn, points; none for a solid line.
    pub dash: &'static [f64],
}

impl Pen {
    pub const fn new(colour: Colour, width: f64) -> Self {
        Self { colour, width, dash: &[] }
    }
}

/// Which part of a text lies at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Left,
    Middle,
    Right,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    pub size: f64,
    pub bold: bool,
    pub colour: Colour,
    pub anchor: Anchor,
    /// Reads upwards.
    pub turned: bool,
}

impl Type {
    pub const fn new(size: f64) -> Self {
        Self { size, bold: false, colour: INK, anchor: Anchor::Left, turned: false }
    }

    pub const fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub const fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    pub const fn at(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    pub const fn turned(mut self) -> Self {
        self.turned = true;
        self
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Line {
        points: Vec<Point>,
        pen: Pen,
    },
    Area {
        points: Vec<Point>,
        colour: Colour,
    },
    Box {
        rect: Rect,
        colour: Colour,
    },
    Disc {
        at: Point,
        radius: f64,
        colour: Colour,
    },
    /// `at` lies on the baseline.
    Text {
        at: Point,
        text: String,
        set: Type,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    /// Pixels of the PNG to a point.
    pub fineness: u32,
    /// For readers who cannot see it.
    pub title: String,
    /// What stands below, in whole sentences.
    pub caption: String,
    /// With its caption it is at least this high, points.
    pub least_height: f64,
    pub shapes: Vec<Shape>,
}

/// From baseline to baseline of a caption.
const LEADING: f64 = CAPTION * 1.32;
/// Clear paper at the left and right of a caption, points.
const MARGIN: f64 = 4.0;

impl Sheet {
    pub fn new(width: f64, height: f64, fineness: u32, title: &str) -> Self {
        let (title, caption, shapes) = (plain(title), String::new(), Vec::new());
        Self { width, height, fineness, title, caption, least_height: 0.0, shapes }
    }

    /// Ends the sheet at `foot`, with a caption below it where it is printed on its own.
    pub fn end(&mut self, foot: f64, caption: &str) {
        self.height = foot + 3.0;
        self.caption = plain(caption);
    }

    /// The sheet with its caption drawn below.
    pub fn captioned(&self) -> Self {
        let mut sheet = self.clone();
        let mut y = self.height;
        for line in wrap(&self.caption, CAPTION, self.width - 2.0 * MARGIN) {
            y += LEADING;
            sheet.text((MARGIN, y), &line, Type::new(CAPTION).colour(SOFT));
        }
        sheet.height = (y + 5.0).max(self.least_height);
        sheet
    }

    pub fn line(&mut self, points: &[Point], pen: Pen) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points: points.to_vec(), pen });
        }
    }

    pub fn area(&mut self, points: Vec<Point>, colour: Colour) {
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, colour });
        }
    }

    pub fn rect(&mut self, rect: Rect, colour: Colour) {
        self.shapes.push(Shape::Box { rect, colour });
    }

    pub fn disc(&mut self, at: Point, radius: f64, colour: Colour) {
        self.shapes.push(Shape::Disc { at, radius, colour });
    }

    pub fn text(&mut self, at: Point, text: &str, set: Type) {
        let text = plain(text);
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, text, set });
        }
    }

    /// Rising strokes across `rect`, one every `gap` points: an area that survives a photocopier.
    pub fn hatch(&mut self, rect: Rect, gap: f64, pen: Pen) {
        let high = rect.height();
        // Anchored to the sheet, so that the strokes of neighbours meet.
        let mut foot = ((rect.left - high) / gap).ceil() * gap;
        while foot < rect.right {
            let from = foot.max(rect.left);
            let to = (foot + high).min(rect.right);
            self.line(&[(from, rect.bottom - (from - foot)), (to, rect.bottom - (to - foot))], pen);
            foot += gap;
        }
    }
}
