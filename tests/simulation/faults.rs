//! What goes wrong on the way: the weather of a seed, and the fate of each exchange.

use std::time::Duration;

use super::random::Random;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No connection came about.
    Refused,
    /// The connection broke before the server saw the request.
    LostRequest,
    /// The server did its work, the reply was lost.
    LostReply,
    /// The request, or its reply, is never heard of again.
    Silence,
    /// The reply takes its time.
    Slow,
    /// The request arrives twice, and the reply to the second one is what comes back.
    Twice,
    /// The server says UNAVAILABLE.
    Unavailable,
    /// A proxy answers instead of the server.
    Proxy,
    /// A proxy answers that it waited too long; the server did its work.
    GatewayTimeout,
    /// RESOURCE_EXHAUSTED, with or without a word on when to come back.
    Exhausted,
    /// UNAUTHENTICATED: the token is no longer good.
    LoggedOut,
    /// The reply's body ends early.
    Truncated,
    /// The connection breaks within the reply's body.
    Broken,
    /// The reply's body has its message and no trailers.
    NoTrailers,
}

impl Fault {
    pub const ALL: [Fault; 14] = [
        Fault::Refused,
        Fault::LostRequest,
        Fault::LostReply,
        Fault::Silence,
        Fault::Slow,
        Fault::Twice,
        Fault::Unavailable,
        Fault::Proxy,
        Fault::GatewayTimeout,
        Fault::Exhausted,
        Fault::LoggedOut,
        Fault::Truncated,
        Fault::Broken,
        Fault::NoTrailers,
    ];

    /// Whether the server sees the request all the same; `None` where chance decides.
    pub fn arrives(self) -> Option<bool> {
        match self {
            Fault::Silence => None,
            Fault::LostReply
            | Fault::Slow
            | Fault::Twice
            | Fault::GatewayTimeout
            | Fault::Truncated
            | Fault::Broken
            | Fault::NoTrailers => Some(true),
            _ => Some(false),
        }
    }
}

/// The fate of one exchange.
#[derive(Clone, Debug)]
pub struct Fate {
    pub fault: Option<Fault>,
    /// Until the request is there.
    pub uplink: Duration,
    /// From then until the reply is there.
    pub downlink: Duration,
    /// The server gets the request.
    pub arrives: bool,
    /// The server gets it once more, after this time.
    pub again: Option<Duration>,
    /// A number for the details: where a body is cut, which proxy answers.
    pub detail: u64,
    /// The body comes in pieces of this size.
    pub pieces: Option<usize>,
    /// Should the client give up before the request is there, it never gets there.
    pub recalled: bool,
}

/// A time during which most exchanges meet the same fault.
#[derive(Clone, Debug)]
struct Spell {
    from: Duration,
    to: Duration,
    fault: Fault,
    of_hundred: u64,
}

/// What goes wrong in a seed, how often and when. Times are since the world began.
pub struct Weather {
    random: Random,
    /// Exchanges of a hundred that meet a fault at any time.
    of_hundred: u64,
    spells: Vec<Spell>,
    latency: u64,
    /// When the client's clock is set, and how far off it is from then on, in seconds.
    jumps: Vec<(Duration, i64)>,
}

impl Weather {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::of(seed, "weather");
        let of_hundred = *random.pick(&[0, 0, 2, 5, 10, 20, 35]);
        let spells = (0..random.below(5)).map(|_| {
            let from = random.millis(0, 240_000);
            let longest = *random.pick(&[2_000, 20_000, 60_000, 400_000]);
            let kinds = [
                Fault::Unavailable,
                Fault::Unavailable,
                Fault::Exhausted,
                Fault::LoggedOut,
                Fault::Refused,
                Fault::Silence,
                Fault::LostReply,
                Fault::Proxy,
                Fault::Truncated,
            ];
            let fault = *random.pick(&kinds);
            Spell { from, to: from + random.millis(200, longest), fault, of_hundred: *random.pick(&[60, 90, 100]) }
        });
        let spells = spells.collect();
        let jumps = match random.below(4) {
            0 => (0..1 + random.below(3))
                .map(|_| (random.millis(0, 300_000), *random.pick(&[-7200, -3600, -30, -1, 1, 30, 3600, 86_400])))
                .collect(),
            _ => Vec::new(),
        };
        let latency = *random.pick(&[1, 5, 20, 80, 300]);
        Weather { random, of_hundred, spells, latency, jumps }
    }

    /// How far off the client's clock is at a time, in seconds.
    pub fn clock_offset(&self, at: Duration) -> i64 {
        self.jumps.iter().filter(|(from, _)| *from <= at).map(|(_, offset)| offset).sum()
    }

    /// The fate of an exchange that begins now.
    pub fn fate(&mut self, at: Duration) -> Fate {
        let random = &mut self.random;
        let spell = self.spells.iter().find(|spell| (spell.from..spell.to).contains(&at));
        let fault = match spell {
            Some(spell) if random.chance(spell.of_hundred) => Some(spell.fault),
            // Logging out is not a matter of chance.
            _ if random.chance(self.of_hundred) => {
                Some(*random.pick(&Fault::ALL)).filter(|fault| *fault != Fault::LoggedOut)
            }
            _ => None,
        };
        let slow = if fault == Some(Fault::Slow) { random.millis(500, 45_000) } else { Duration::ZERO };
        let arrives = fault.and_then(Fault::arrives);
        Fate {
            fault,
            uplink: random.millis(1, self.latency),
            downlink: random.millis(1, self.latency) + slow,
            arrives: arrives.unwrap_or_else(|| fault.is_none() || random.chance(50)),
            again: match fault {
                Some(Fault::Twice) => Some(random.millis(0, 2_000)),
                _ => None,
            },
            detail: random.next(),
            pieces: random.chance(10).then(|| 1 + random.below(40) as usize),
            recalled: random.chance(50),
        }
    }
}
