package permissions

// Refusal is an act that the design forbids a user.
type Refusal struct {
	User, Act string
	Verb      Verb
	Subject   string
	// Body is what makes a request do what the act says, where it gets through.
	Body string
}

// Verb is what a refused act does on NATS.
type Verb string

// The two verbs of NATS; all of JetStream's interface is publishing.
const (
	Publishes  Verb = "publish"
	Subscribes Verb = "subscribe"
)

// A chat of partition 0, for the acts to be about.
const (
	in    = "chat.0.aaaaaaaaaaaaaaaa.in"
	reply = "chat.0.aaaaaaaaaaaaaaaa.out.reply"
	say   = "chat.0.aaaaaaaaaaaaaaaa.out.say"
	state = "chat.0.aaaaaaaaaaaaaaaa.out.state"
	note  = "note.0.aaaaaaaaaaaaaaaa"
	timer = "timer.set.0.aaaaaaaaaaaaaaaa.idle"
)

// Refusals are all that are tried.
var Refusals = join(
	by("gateway", Publishes, "speak as the bot", reply, "speak as an agent", say, "change a chat", state, "write a note", note,
		"set a timer", timer, "have a timer be due", "timer.due.0.aaaaaaaaaaaaaaaa.idle", "write the desk", "$KV.desk.x", "write notes on deliveries", "$KV.attempts.bot.x", "make a key of notes", "$KV.keys.notes.x",
		"make up a dead letter", "dead.bot.x.CHAT_0.1", "make up a live copy", "live."+say, "make up the live copy of a note", "live."+note,
		"take deliveries of the bot's", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot", "settle deliveries of the bot's", "$JS.ACK.CHAT_0.bot.1.1.1.1.1",
		"answer in somebody's place", "_INBOX.escalation.x"),
	by("gateway", Subscribes, "hear everything", ">", "hear chats before they are stored", "chat.>", "hear notes before they are stored", "note.>",
		"take agents' calls", "svc.escalation.take", "take calls for history", "svc.history.page", "hear timers", "timer.>", "hear writes of accounts", "$KV.agents.>"),
	by("botworker", Publishes, "speak as an agent", say, "change a chat", state, "write a note", note, "set a timer", timer,
		"write the desk", "$KV.desk.x", "write accounts", "$KV.agents.x", "write keys", "$KV.settings.x", "take a visitor's name", "$KV.visitors.x", "put an agent online", "$KV.presence.x",
		"act as an agent", "svc.escalation.take", "ask for a page with notes", "svc.history.page-notes", "ask for all chats", "svc.history.chats",
		"make up a live copy", "live."+reply, "make up somebody else's dead letter", "dead.history.x.CHAT_0.1",
		"read accounts", "$JS.API.STREAM.MSG.GET.KV_agents", "read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "read the signing key", "$JS.API.DIRECT.GET.KV_settings.$KV.settings.x",
		"read a note by its subject", "$JS.API.DIRECT.GET.CHAT_0."+note,
		"read the keys of notes", "$JS.API.STREAM.MSG.GET.KV_keys", "read them from any copy", "$JS.API.DIRECT.GET.KV_keys", "read a key of notes by its name", "$JS.API.DIRECT.GET.KV_keys.$KV.keys.notes.x",
		"make a consumer of them", "$JS.API.CONSUMER.CREATE.KV_keys.spy.$KV.keys.>", "make a key of notes", "$KV.keys.notes.x",
		"take deliveries of the history worker's", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.history", "settle them", "$JS.ACK.CHAT_0.history.1.1.1.1.1",
		"answer in somebody's place", "_INBOX.gateway.x"),
	by("botworker", Subscribes, "hear everything", ">", "hear notes", "live.note.>", "hear one chat's notes", "live."+note, "hear notes before they are stored", "note.>",
		"hear chats", "live.chat.>", "hear all that is live", "live.>", "hear chats before they are stored", "chat.>", "take agents' calls", "svc.escalation.say", "take calls for history", "svc.history.page",
		"hear writes of accounts", "$KV.agents.>", "hear new keys of notes", "$KV.keys.>"),
	by("escalation", Publishes, "speak as the bot", reply, "speak as the visitor", in, "make a key of notes", "$KV.keys.notes.x", "write accounts", "$KV.agents.x", "write keys", "$KV.settings.x", "take a visitor's name", "$KV.visitors.x",
		"put an agent online", "$KV.presence.x", "have a timer be due", "timer.due.0.aaaaaaaaaaaaaaaa.idle", "ask for all chats", "svc.history.chats", "make up a live copy", "live."+say, "send signals", "live.chat.0.aaaaaaaaaaaaaaaa.signal",
		"read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "read the signing key", "$JS.API.DIRECT.GET.KV_settings.$KV.settings.x",
		"take deliveries of the bot's", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot"),
	by("escalation", Subscribes, "hear everything", ">", "hear chats", "live.chat.>", "hear chats before they are stored", "chat.>", "take calls for history", "svc.history.page", "hear due timers as they are stored", "timer.due.>"),
	by("historyworker", Publishes, "speak as the visitor", in, "speak as the bot", reply, "speak as an agent", say, "change a chat", state, "write a note", note, "set a timer", timer,
		"write the desk", "$KV.desk.x", "make a key of notes", "$KV.keys.notes.x", "write accounts", "$KV.agents.x", "read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "act as an agent", "svc.escalation.say",
		"make up a live copy", "live."+say, "take deliveries of the bot's", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot", "purge timers", "$JS.API.STREAM.PURGE.TIMERS", "purge dead letters", "$JS.API.STREAM.PURGE.DEAD"),
	by("historyworker", Subscribes, "hear everything", ">", "hear chats", "live.chat.>", "hear chats before they are stored", "chat.>", "take agents' calls", "svc.escalation.take"),
	everyRole(Publishes,
		"make a stream", "$JS.API.STREAM.CREATE.OTHER", `{"name":"OTHER","subjects":["other.>"]}`,
		"change a stream", "$JS.API.STREAM.UPDATE.CHAT_0", `{"name":"CHAT_0","subjects":["chat.0.>"]}`,
		"delete a stream", "$JS.API.STREAM.DELETE.CHAT_0", "",
		"delete a bucket", "$JS.API.STREAM.DELETE.KV_agents", "",
		"list streams", "$JS.API.STREAM.LIST", "",
		"back a stream up", "$JS.API.STREAM.SNAPSHOT.CHAT_0", `{"deliver_subject":"_INBOX.x"}`,
		"remove an event", "$JS.API.STREAM.MSG.DELETE.CHAT_0", `{"seq":1}`,
		"have a stream elect a leader", "$JS.API.STREAM.LEADER.STEPDOWN.CHAT_0", "",
		"change the bot's consumer", "$JS.API.CONSUMER.CREATE.CHAT_0.bot", `{"stream_name":"CHAT_0","config":{"durable_name":"bot","ack_policy":"explicit","filter_subjects":["note.>"]}}`,
		"make a consumer of notes", "$JS.API.CONSUMER.CREATE.CHAT_0.spy.note.>", `{"stream_name":"CHAT_0","config":{"name":"spy","ack_policy":"none","filter_subject":"note.>"}}`,
		"make a consumer the old way", "$JS.API.CONSUMER.DURABLE.CREATE.CHAT_0.spy", `{"stream_name":"CHAT_0","config":{"durable_name":"spy","ack_policy":"none"}}`,
		"make a nameless consumer", "$JS.API.CONSUMER.CREATE.CHAT_0", `{"stream_name":"CHAT_0","config":{"ack_policy":"none"}}`,
		"delete a consumer", "$JS.API.CONSUMER.DELETE.CHAT_0.bot", "",
		"pause a consumer", "$JS.API.CONSUMER.PAUSE.CHAT_0.bot", `{"pause_until":"2999-01-01T00:00:00Z"}`,
		"ask the servers", "$SYS.REQ.SERVER.PING", "",
	),
	everyRole(Subscribes,
		"hear what JetStream is asked", "$JS.API.>", "",
		"hear all answers", "_INBOX.>", "",
		"hear the admin's answers", "_INBOX.setup.>", "",
		"hear the servers", "$SYS.>", "",
		"hear dead letters", "dead.>", "",
	),
	// All but the history worker, which has to.
	[]Refusal{
		{"gateway", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		{"botworker", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		{"escalation", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		// All but the gateway, which drops letters for the operator.
		{"botworker", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
		{"escalation", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
		{"historyworker", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
	},
)

// by makes refusals of pairs: the act and the subject.
func by(user string, verb Verb, pairs ...string) (list []Refusal) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Refusal{User: user, Act: pairs[i], Verb: verb, Subject: pairs[i+1], Body: "{}"})
	}
	return list
}

// everyRole makes refusals of triples, for all roles: act, subject, body.
func everyRole(verb Verb, triples ...string) (list []Refusal) {
	for _, u := range Users {
		if !u.Answers {
			continue // the admin
		}
		for i := 0; i < len(triples); i += 3 {
			list = append(list, Refusal{User: u.Name, Act: triples[i], Verb: verb, Subject: triples[i+1], Body: triples[i+2]})
		}
	}
	return list
}

func join(lists ...[]Refusal) (all []Refusal) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
