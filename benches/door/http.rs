//! As much of HTTP/1.1 as two ends of a loopback socket need: where a message ends, and its status.

/// The length of the whole message at the start of these bytes, once all of it is there.
pub(crate) fn whole(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let length = match header(&bytes[..head], "content-length") {
        Some(length) => head + length.parse::<usize>().ok()?,
        None if header(&bytes[..head], "transfer-encoding").is_some() => {
            head + find(&bytes[head..], b"0\r\n\r\n")? + 5
        }
        None => head,
    };
    (bytes.len() >= length).then_some(length)
}

/// The status of an answer, 0 for what is none.
pub(crate) fn status(answer: &[u8]) -> u16 {
    let digits = answer.get(9..12).unwrap_or_default();
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

/// Whether the other end will close the connection.
pub(crate) fn closes(answer: &[u8]) -> bool {
    header(answer, "connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = head.split(|&byte| byte == b'\n').skip(1);
    lines
        .filter_map(|line| {
            let (key, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            key.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
        })
        .find_map(|value| std::str::from_utf8(value).ok())
        .map(str::trim)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}
