//! Between the thread of the pipeline and a view on another one: the newest snapshot goes one
//! way, orders the other. A snapshot is only made when the view has asked for one, so a view that
//! is slow or stuck costs nothing and loses pictures, never samples.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::onlooker::{Onlooker, Order, Sight};
use super::picture::Picture;
use super::{Line, Snapshot};

#[derive(Debug, Default)]
struct Frame {
    newest: Mutex<Option<Snapshot>>,
    wanted: AtomicBool,
    over: AtomicBool,
}

/// The side of the view.
#[derive(Debug)]
pub struct Pane {
    frame: Arc<Frame>,
    orders: Sender<Order>,
}

/// The side of the pipeline: an [`Onlooker`].
#[derive(Debug)]
pub struct Glass {
    frame: Arc<Frame>,
    orders: Receiver<Order>,
    picture: Picture,
    last: Option<Snapshot>,
}

/// Both sides of a new pane.
pub fn pane() -> (Glass, Pane) {
    let frame = Arc::new(Frame { wanted: AtomicBool::new(true), ..Frame::default() });
    let (sender, orders) = channel();
    let glass = Glass { frame: Arc::clone(&frame), orders, picture: Picture::default(), last: None };
    (glass, Pane { frame, orders: sender })
}

impl Pane {
    /// The newest snapshot, if there is one that was not given yet; another is made after that.
    pub fn look(&self) -> Option<Snapshot> {
        let newest = self.frame.newest.lock().unwrap_or_else(PoisonError::into_inner).take();
        if newest.is_some() {
            self.frame.wanted.store(true, Ordering::Release);
        }
        newest
    }

    /// Hands an order in.
    pub fn order(&self, order: Order) {
        // Where nobody takes it any more, the session is over.
        drop(self.orders.send(order));
    }

    /// Whether the pipeline has ended: the snapshot that waits is the last one.
    pub fn is_over(&self) -> bool {
        self.frame.over.load(Ordering::Acquire)
    }
}

impl Onlooker for Glass {
    fn hear(&mut self, line: &Line) -> io::Result<()> {
        self.picture.hear(line);
        Ok(())
    }

    fn look(&mut self, sight: &Sight<'_>) {
        self.picture.look(sight);
        if sight.pipeline.is_none() {
            self.last = Some(self.picture.snapshot(sight));
        } else if self.frame.wanted.load(Ordering::Acquire)
            && let Ok(mut newest) = self.frame.newest.try_lock()
        {
            *newest = Some(self.picture.snapshot(sight));
            self.frame.wanted.store(false, Ordering::Release);
        }
    }

    fn orders(&mut self) -> Vec<Order> {
        self.orders.try_iter().collect()
    }
}

impl Drop for Glass {
    /// However it ends, the view is told.
    fn drop(&mut self) {
        if let Some(last) = self.last.take() {
            *self.frame.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        }
        self.frame.over.store(true, Ordering::Release);
    }
}
