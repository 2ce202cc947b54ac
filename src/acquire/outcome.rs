//! What came of asking: of one address ([`Outcome`]), of a list or a source ([`Listed`]). Goes out: the words of the index and of
//! docs/fetching.md. Decides nothing.

use std::cmp::Ordering;
use std::fmt;

/// Why an address was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The requests or bytes of the day are used up.
    Budget,
    /// The host asked to rest for longer than a run waits.
    Host,
    /// Somebody stopped the run.
    Stopped,
    /// robots.txt asks for a longer pause than the settings allow.
    CrawlDelay,
    /// robots.txt forbids it, or cannot be read.
    Robots,
    /// The source is set to plain text.
    Transport,
    /// The address counts visits.
    Counter,
    /// The row of the list is not what the source wants.
    Type,
}

impl Skip {
    fn as_str(self) -> &'static str {
        match self {
            Skip::Budget => "budget",
            Skip::Host => "host",
            Skip::Stopped => "stopped",
            Skip::CrawlDelay => "crawl delay",
            Skip::Robots => "robots",
            Skip::Transport => "transport",
            Skip::Counter => "counter",
            Skip::Type => "type",
        }
    }
}

/// What came of one address. Printed as its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// New bytes.
    Stored,
    /// 304.
    Unchanged,
    /// 200 with the bytes that are there.
    Revisit,
    /// Looked at lately; not asked.
    Fresh,
    /// A page with attachments was read.
    Page,
    /// 404 or 410.
    Gone,
    /// A page that says that there is none.
    Soft404,
    /// No byte came.
    Empty,
    /// 401 or 403.
    Refused(u16),
    /// Another status.
    Failed(u16),
    /// A wall, by the id of its mark.
    Blocked(String),
    /// Not asked.
    Skipped(Skip),
    /// The bytes are no attachment; kept as evidence.
    KindMismatch,
    /// Too few bytes for a document; kept as evidence.
    TooSmall,
    /// More than is read.
    TooLarge,
    /// No address that can be asked.
    BadAddress,
    /// An address that is never asked.
    PrivateAddress,
    /// Not a host of the source.
    Offsite,
    /// A redirect to a host that is none of the source.
    RedirectOffsite,
    /// A redirect to itself.
    RedirectLoop,
    /// Too many redirects.
    RedirectLimit,
    /// From https to http.
    RedirectInsecure,
    /// No HTTP.
    Protocol,
    /// The name of the host is not known.
    Dns,
    /// Nobody answers there.
    Connect,
    /// The certificate, or the protocol, in one word.
    Tls(&'static str),
    /// It took too long.
    Timeout,
    /// The body ended early.
    Truncated,
    /// A content encoding that does not hold.
    BadEncoding,
    /// Only a browser can read it.
    RenderRequired,
    /// A row of a list without an address.
    NoAddress,
    /// A page without an attachment.
    NoAttachment,
    /// A page that is not what the rules expect.
    ContractChanged,
}

impl Outcome {
    /// There may be bytes that count.
    pub fn good(&self) -> bool {
        matches!(
            self,
            Outcome::Stored | Outcome::Unchanged | Outcome::Revisit | Outcome::Fresh
        )
    }

    /// The host or the whole run does not go on.
    pub fn stops(&self) -> bool {
        matches!(
            self,
            Outcome::Blocked(_) | Outcome::Skipped(Skip::Budget | Skip::Host | Skip::Stopped | Skip::CrawlDelay)
        )
    }

    /// Nothing is missing because of it.
    pub fn harmless(&self) -> bool {
        self.good() || matches!(self, Outcome::Page | Outcome::Skipped(Skip::Counter | Skip::Type))
    }

    /// There is nothing at the address.
    pub fn absent(&self) -> bool {
        matches!(self, Outcome::Gone | Outcome::Soft404)
    }

    fn plain(&self) -> &'static str {
        match self {
            Outcome::Stored => "stored",
            Outcome::Unchanged => "unchanged",
            Outcome::Revisit => "revisit",
            Outcome::Fresh => "fresh",
            Outcome::Page => "page",
            Outcome::Gone => "gone",
            Outcome::Soft404 => "soft404",
            Outcome::Empty => "empty",
            Outcome::Refused(_) => "refused",
            Outcome::Failed(_) => "failed",
            Outcome::Blocked(_) => "blocked",
            Outcome::Skipped(_) => "skipped",
            Outcome::KindMismatch => "kind_mismatch",
            Outcome::TooSmall => "too_small",
            Outcome::TooLarge => "too_large",
            Outcome::BadAddress => "bad_address",
            Outcome::PrivateAddress => "private_address",
            Outcome::Offsite => "offsite",
            Outcome::RedirectOffsite => "redirect_offsite",
            Outcome::RedirectLoop => "redirect_loop",
            Outcome::RedirectLimit => "redirect_limit",
            Outcome::RedirectInsecure => "redirect_insecure",
            Outcome::Protocol => "protocol",
            Outcome::Dns => "dns",
            Outcome::Connect => "connect",
            Outcome::Tls(_) => "tls",
            Outcome::Timeout => "timeout",
            Outcome::Truncated => "truncated",
            Outcome::BadEncoding => "bad_encoding",
            Outcome::RenderRequired => "render_required",
            Outcome::NoAddress => "no_address",
            Outcome::NoAttachment => "no_attachment",
            Outcome::ContractChanged => "contract_changed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.plain();
        match self {
            Outcome::Refused(status) | Outcome::Failed(status) => write!(f, "{word}({status})"),
            Outcome::Blocked(mark) => write!(f, "{word}({mark})"),
            Outcome::Skipped(why) => write!(f, "{word}({})", why.as_str()),
            Outcome::Tls(kind) => write!(f, "{word}({kind})"),
            _ => f.write_str(word),
        }
    }
}

/// In the order of their words: so they are listed.
impl Ord for Outcome {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

impl PartialOrd for Outcome {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What came of a list or a source. The first is the worst: it is the one that a source with several lists has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listed {
    /// Somebody stopped the run.
    Stopped,
    /// A wall.
    Blocked,
    /// The page is somebody else's.
    IdentityMismatch,
    /// The page is not what the rules expect.
    ContractChanged,
    /// Only a browser can read it.
    RenderRequired,
    /// It could not be read.
    #[default]
    Failed,
    /// Part of it was read.
    Partial,
    /// All of it was read.
    Complete,
    /// It was not to be asked.
    Skipped,
}

impl Listed {
    /// The word of the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Listed::Stopped => "stopped",
            Listed::Blocked => "blocked",
            Listed::IdentityMismatch => "identity_mismatch",
            Listed::ContractChanged => "contract_changed",
            Listed::RenderRequired => "render_required",
            Listed::Failed => "failed",
            Listed::Partial => "partial",
            Listed::Complete => "complete",
            Listed::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_index() {
        for (outcome, word) in [
            (Outcome::Failed(503), "failed(503)"),
            (Outcome::Refused(403), "refused(403)"),
            (Outcome::Blocked("captcha".into()), "blocked(captcha)"),
            (Outcome::Skipped(Skip::CrawlDelay), "skipped(crawl delay)"),
            (Outcome::Tls("expired"), "tls(expired)"),
            (Outcome::Soft404, "soft404"),
        ] {
            assert_eq!(outcome.to_string(), word);
        }
    }

    #[test]
    fn the_worst_list_comes_first() {
        let lists = [Listed::Complete, Listed::Partial, Listed::Blocked, Listed::Failed];
        assert_eq!(lists.iter().min(), Some(&Listed::Blocked));
        assert!(Listed::Stopped < Listed::Blocked && Listed::Partial < Listed::Complete);
    }
}
