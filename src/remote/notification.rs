//! Who is told when an execution ends.

use crate::codec::Writer;
use crate::error::Error;

/// Who is told when an execution ends.
#[derive(Clone, Debug, Default)]
pub enum Notifications {
    /// Those that the launch plan names.
    #[default]
    Default,
    /// Nobody.
    DisableAll,
    /// These instead.
    List(Vec<Notification>),
}

/// One message to send.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Terminal phases at which it is sent: `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`.
    pub phases: Vec<String>,
    /// By which way.
    pub channel: NotificationChannel,
    /// Addresses, at least one.
    pub recipients: Vec<String>,
}

/// The way a notification goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationChannel {
    /// By e-mail.
    Email,
    /// To PagerDuty's e-mail address.
    PagerDuty,
    /// To Slack's e-mail address.
    Slack,
}

/// A serialised `NotificationList`.
pub(super) fn notification_list(list: &[Notification]) -> Result<Vec<u8>, Error> {
    let mut notifications = Writer::new();
    for (index, said) in list.iter().enumerate() {
        let at = |field: &str| ["notifications[", &index.to_string(), "].", field].concat();
        let (channel, name) = match said.channel {
            NotificationChannel::Email => (2, "email"),
            NotificationChannel::PagerDuty => (3, "pagerDuty"),
            NotificationChannel::Slack => (4, "slack"),
        };
        if said.recipients.is_empty() {
            return Err(Error::option(&at(name), "expected at least one address, got none"));
        }
        let mut notification = Writer::new();
        for phase in &said.phases {
            let number = match phase.as_str() {
                "SUCCEEDED" => 4,
                "FAILED" => 6,
                "ABORTED" => 7,
                "TIMED_OUT" => 8,
                other => {
                    let message = ["expected SUCCEEDED, FAILED, ABORTED or TIMED_OUT, got \"", other, "\""].concat();
                    return Err(Error::option(&at("phases"), message));
                }
            };
            notification.set_int(1, number);
        }
        let mut recipients = Writer::new();
        for address in &said.recipients {
            recipients.message(1, address.as_bytes());
        }
        notifications.message(1, &notification.message(channel, &recipients.done()).done());
    }
    Ok(notifications.done())
}
