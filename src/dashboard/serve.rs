//! The server: four files' worth of page, a stream of news, and marks.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use super::Choices;
use super::guard::guard;
use super::marks::{Mark, Refused};
use super::news::News;
use crate::monitor::{Pane, Presses, Snapshot};

/// The page is told this often: two ticks of a trace.
const FRAME: Duration = Duration::from_millis(50);
/// A page that takes nothing is waited for so long at the end.
const PATIENCE: Duration = Duration::from_secs(1);
/// A mark is not longer, bytes.
const LONGEST_BODY: usize = 4096;

/// The newest snapshot, once there is one.
type Newest = Option<Arc<Snapshot>>;

/// What the handlers share.
#[derive(Debug, Clone)]
struct Desk {
    pane: Arc<Pane>,
    choices: Arc<Choices>,
    newest: watch::Receiver<Newest>,
    presses: Arc<Mutex<Presses>>,
}

/// Serves until the pane is over and the pages that are open have heard of it.
pub async fn serve(listener: TcpListener, pane: Arc<Pane>, choices: Arc<Choices>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (tell, newest) = watch::channel(None);
    let mut over = newest.clone();
    let desk = Desk { pane: Arc::clone(&pane), choices, newest, presses: Arc::default() };
    // There are no changes any more once the sender is gone.
    let server = axum::serve(listener, router(desk))
        .with_graceful_shutdown(async move { while over.changed().await.is_ok() {} });
    let server = tokio::spawn(server.into_future());
    pump(&pane, &tell).await;
    // The streams end too, once they have told the last.
    drop(tell);
    match tokio::time::timeout(PATIENCE, server).await {
        Ok(Ok(served)) => served,
        // A page that takes nothing does not keep the session from ending.
        _ => Ok(()),
    }
}

/// Hands snapshots on, until the last one.
async fn pump(pane: &Pane, tell: &watch::Sender<Newest>) {
    let mut frames = tokio::time::interval(FRAME);
    frames.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        frames.tick().await;
        let over = pane.is_over();
        if let Some(snapshot) = pane.look() {
            tell.send_replace(Some(Arc::new(snapshot)));
        }
        if over {
            return;
        }
    }
}

fn router(desk: Desk) -> Router {
    let file =
        |kind: &'static str, text: &'static str| get(move || async move { ([(CONTENT_TYPE, kind)], text) });
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("page/index.html")))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page/page.js")))
        .route("/traces.js", file("text/javascript; charset=utf-8", include_str!("page/traces.js")))
        .route("/events", get(events))
        .route("/mark", post(mark).layer(DefaultBodyLimit::max(LONGEST_BODY)))
        .layer(middleware::from_fn(guard))
        .with_state(desk)
}

/// The stream of news to one page. A page that is slow hears the newest next, and no queue grows.
async fn events(State(desk): State<Desk>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (choices, mut seen) = (desk.choices, 0);
    let news = WatchStream::new(desk.newest).filter_map(move |newest| {
        let snapshot = newest?;
        let news = News::of(&snapshot, &choices, seen);
        seen = news.next();
        Event::default().json_data(&news).ok().map(Ok)
    });
    Sse::new(news).keep_alive(KeepAlive::default())
}

/// Sets a mark, or says why not.
async fn mark(State(desk): State<Desk>, body: Result<Json<Mark>, JsonRejection>) -> Response {
    let Json(mark) = match body {
        Ok(mark) => mark,
        Err(bad) => return bad.into_response(),
    };
    let newest = desk.newest.borrow().clone();
    let ended = desk.pane.is_over() || newest.as_ref().is_some_and(|s| s.ended.is_some());
    let inside = newest.is_some_and(|s| s.inside() > 0);
    let order = if desk.choices.replay {
        Err(Refused::Replay)
    } else if ended {
        Err(Refused::Over)
    } else {
        let mut presses = desk.presses.lock().unwrap_or_else(PoisonError::into_inner);
        mark.order(&mut presses, inside, Instant::now())
    };
    match order {
        Ok(order) => {
            desk.pane.order(order);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(refused @ (Refused::Empty | Refused::Long)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, refused.to_string()).into_response()
        }
        Err(refused) => (StatusCode::CONFLICT, refused.to_string()).into_response(),
    }
}
