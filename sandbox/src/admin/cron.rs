//! Whether a text is a cron schedule: five fields, or a descriptor such as `@daily`.

use crate::list::is_go_duration;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Why `text` is no schedule, if it is none.
pub(super) fn check(text: &str) -> Result<(), String> {
    // A time zone may come first.
    let text = match text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")) {
        Some(rest) => rest.split_once(' ').map_or("", |(_, schedule)| schedule).trim(),
        None => text.trim(),
    };
    if text.is_empty() {
        return Err("empty spec string".to_owned());
    }
    if let Some(descriptor) = text.strip_prefix('@') {
        return check_descriptor(descriptor);
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
    };
    check_field(minute, 0, 59, &[])?;
    check_field(hour, 0, 23, &[])?;
    check_field(day, 1, 31, &[])?;
    check_field(month, 1, 12, &MONTHS)?;
    check_field(weekday, 0, 6, &DAYS)
}

fn check_descriptor(descriptor: &str) -> Result<(), String> {
    if matches!(descriptor, "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly") {
        return Ok(());
    }
    match descriptor.strip_prefix("every ") {
        Some(duration) if is_go_duration(duration) => Ok(()),
        Some(_) => Err(format!("failed to parse duration @{descriptor}")),
        None => Err(format!("unrecognized descriptor: @{descriptor}")),
    }
}

fn check_field(field: &str, low: u32, high: u32, names: &[&str]) -> Result<(), String> {
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let number = |text: &str| {
            let named = names.iter().position(|name| text.eq_ignore_ascii_case(name));
            let named = named.and_then(|position| u32::try_from(position).ok()).map(|position| position + low);
            named.or_else(|| text.parse().ok()).ok_or_else(|| format!("failed to parse int from {text}"))
        };
        if range != "*" && range != "?" {
            let (start, end) = match range.split_once('-') {
                Some((start, end)) => (number(start)?, number(end)?),
                None => (number(range)?, number(range)?),
            };
            if start < low {
                return Err(format!("beginning of range ({start}) below minimum ({low}): {part}"));
            }
            if end > high {
                return Err(format!("end of range ({end}) above maximum ({high}): {part}"));
            }
            if start > end {
                return Err(format!("beginning of range ({start}) beyond end of range ({end}): {part}"));
            }
        }
        if let Some(step) = step {
            match step.parse::<u32>() {
                Ok(0) => return Err(format!("step of range should be a positive number: {part}")),
                Ok(_) => {}
                Err(_) => return Err(format!("failed to parse int from {step}")),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn five_fields_names_steps_and_descriptors_are_schedules() {
        for text in ["0 0 * * *", "*/5 1-3 1,15 jan-mar MON", "@daily", "@every 1h30m", "TZ=Europe/Berlin 0 6 * * *"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        for text in
            ["", "* * * *", "0 0 * * * ?", "61 * * * *", "5-1 * * * *", "*/0 * * * *", "@sometimes", "a * * * *"]
        {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
