//! Who may ask: pages of this machine. A browser that shows a foreign page can be made to ask any
//! address for that page, under a name of its own (DNS rebinding), and to send forms anywhere. So the
//! name that is asked for must be this machine's, and a mark must come from the page itself.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What every answer says: nothing from elsewhere is loaded, nothing is kept.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Lets in what may ask.
pub async fn guard(request: Request, next: Next) -> Response {
    let mut answer = match is_from_here(request.headers()) {
        true => next.run(request).await,
        false => {
            let said = "this page is served to this machine only, under localhost or 127.0.0.1";
            (StatusCode::FORBIDDEN, said).into_response()
        }
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Whether this machine was asked under a name of its own, by a page of it or by no page.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(host) = text(HOST) else { return false };
    let own =
        !headers.contains_key(ORIGIN) || text(ORIGIN).and_then(|o| o.strip_prefix("http://")) == Some(host);
    own && is_this_machine(host)
}

/// Whether a host, with a port or without, is this machine. The port may be another one where a tunnel
/// leads here.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let inner = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    match inner {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        is_from_here(&headers)
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in ["localhost", "LOCALHOST:7410", "127.0.0.1:9", "127.0.0.1", "[::1]:7410", "[::1]"] {
            assert!(asked(host, None), "{host}");
        }
        for host in
            ["example.org", "localhost.example.org:80", "10.0.0.1:7410", "0.0.0.0:7410", "[::]:80", ""]
        {
            assert!(!asked(host, None), "{host}");
        }
    }

    #[test]
    fn only_its_own_page_may_ask() {
        assert!(asked("localhost:7410", Some("http://localhost:7410")));
        for origin in ["http://localhost:8080", "http://127.0.0.1:7410", "https://localhost:7410", "null"] {
            assert!(!asked("localhost:7410", Some(origin)), "{origin}");
        }
    }
}
