//! What GitHub's runner does with the log of a step: it obeys commands, unless they were stopped.

/// A command that the runner obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub name: String,
    pub properties: Vec<(String, String)>,
    pub message: String,
}

impl Command {
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The commands of a log, in order.
pub fn commands(log: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut stopped_until: Option<String> = None;
    for line in log.split(['\n', '\r']) {
        let Some(command) = parse(line) else { continue };
        match &stopped_until {
            Some(token) if command.name == *token => stopped_until = None,
            Some(_) => {}
            None if command.name == "stop-commands" => stopped_until = Some(command.message),
            None => found.push(command),
        }
    }
    found
}

/// `::name key=value,key=value::message` at the start of a line, or the older `##[name key=value;]message` anywhere.
fn parse(line: &str) -> Option<Command> {
    if let Some((head, message)) = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"))
    {
        return Some(command(head, ',', message));
    }
    let (head, message) = line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'))?;
    Some(command(head, ';', message))
}

fn command(head: &str, between: char, message: &str) -> Command {
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decoded = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let properties = properties
        .split(between)
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), decoded(&value.replace("%3A", ":").replace("%2C", ","))))
        .collect();
    Command { name: name.to_owned(), properties, message: decoded(message) }
}

#[test]
fn commands_are_obeyed_until_they_are_stopped() {
    let names: Vec<_> =
        commands("a ::x::\n::stop-commands::t\n::no::\n##[no]\n::t::\n  ::yes a=1%2C,b=2::m%0An\nz ##[old]")
            .into_iter()
            .map(|command| (command.name, command.properties.len(), command.message))
            .collect();
    assert_eq!(names, [("yes".to_owned(), 2, "m\nn".to_owned()), ("old".to_owned(), 0, String::new())]);
}
