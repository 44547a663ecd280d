//! Where the page may be served: on this machine only. It shows a session and takes marks, and there
//! are no passwords.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// The port where none is given: none that is in common use.
const PORT: u16 = 7410;

/// An address that only this machine reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(SocketAddr);

/// Why an address is none for a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAddress {
    /// Not an address.
    #[error("give a port, or an address with one, such as 127.0.0.1:{PORT}")]
    Unreadable,
    /// Others could reach it.
    #[error(
        "other machines could reach {0}, and anyone there could read and mark the session; give an address \
         of this machine, such as 127.0.0.1:{PORT}, and from another machine use \
         ssh -L {PORT}:127.0.0.1:{PORT} HOST"
    )]
    Open(IpAddr),
}

impl Address {
    /// The address.
    pub fn socket(self) -> SocketAddr {
        self.0
    }
}

impl Default for Address {
    fn default() -> Self {
        Self(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT))
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    /// A port, an IP address, or both; `localhost` is 127.0.0.1.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (host, default) = (Ipv4Addr::LOCALHOST, Self::default().0);
        let text = text.replacen("localhost", &host.to_string(), 1);
        let port = || text.parse::<u16>().map(|port| SocketAddr::new(default.ip(), port));
        let ip = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, default.port()));
        let both = || text.parse::<SocketAddr>();
        let address = port().or_else(|_| ip()).or_else(|_| both()).map_err(|_| BadAddress::Unreadable)?;
        if address.ip().is_loopback() { Ok(Self(address)) } else { Err(BadAddress::Open(address.ip())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_served_to_this_machine_only() {
        let parsed = |text: &str| text.parse::<Address>().map(|a| a.socket().to_string());
        let here = [
            ("8000", "127.0.0.1:8000"),
            ("0", "127.0.0.1:0"),
            ("localhost", "127.0.0.1:7410"),
            ("localhost:8000", "127.0.0.1:8000"),
            ("127.0.0.2:80", "127.0.0.2:80"),
            ("[::1]:80", "[::1]:80"),
            ("::1", "[::1]:7410"),
        ];
        for (text, address) in here {
            assert_eq!(parsed(text), Ok(address.to_owned()), "{text}");
        }
        for text in ["0.0.0.0:80", "192.168.1.2", "[::]:80", "::ffff:10.0.0.1"] {
            assert!(matches!(parsed(text), Err(BadAddress::Open(_))), "{text}");
        }
        for text in ["", "port", "70000", "example.org:80", "localhost:"] {
            assert_eq!(parsed(text), Err(BadAddress::Unreadable), "{text}");
        }
    }
}
