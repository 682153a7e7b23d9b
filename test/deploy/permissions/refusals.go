package permissions

// Refusal is an act that a user must be refused.
type Refusal struct {
	User, Act string
	Verb      Verb
	Subject   string
	// Body makes the request do what Act says if it gets through.
	Body string
}

// Verb is what a refused act does on NATS.
type Verb string

// The two verbs of NATS; all of JetStream's API is publishing.
const (
	Publishes  Verb = "publish"
	Subscribes Verb = "subscribe"
)

// The acts are about this chat, of partition 0.
const (
	in    = "chat.0.aaaaaaaaaaaaaaaa.in.message"
	ask   = "chat.0.aaaaaaaaaaaaaaaa.in.request"
	reply = "chat.0.aaaaaaaaaaaaaaaa.out.reply"
	say   = "chat.0.aaaaaaaaaaaaaaaa.out.say"
	state = "chat.0.aaaaaaaaaaaaaaaa.out.state"
	note  = "note.0.aaaaaaaaaaaaaaaa"
	card  = "note.0.aaaaaaaaaaaaaaaa.card"
	timer = "timer.set.0.aaaaaaaaaaaaaaaa.wait"
	sleep = "timer.set.0.aaaaaaaaaaaaaaaa.snooze"
	awake = "timer.set.0.aaaaaaaaaaaaaaaa.wake"
	cost  = "spent.20260101.all"
)

// Refusals are all acts that the tests attempt.
var Refusals = join(
	by("gateway", Publishes, "say another role's goodbye", "gone.bot.x", "speak as the bot", reply, "speak as an agent", say, "change a chat", state, "write a note", note, "write on a card", card,
		"set a timer", timer, "wake a chat", awake, "change what the model cost", cost, "fire a timer", "timer.due.0.aaaaaaaaaaaaaaaa.idle", "write the desk", "$KV.desk.x", "write records of deliveries", "$KV.attempts.bot.x", "create a key for notes", "$KV.keys.notes.x",
		"forge a dead letter", "dead.bot.x.CHAT_0.1", "forge a live copy", "live."+say, "forge the live copy of a note", "live."+note, "forge that of a card", "live."+card,
		"take the bot's deliveries", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot", "acknowledge the bot's deliveries", "$JS.ACK.CHAT_0.bot.1.1.1.1.1",
		"answer in another role's place", "_INBOX.escalation.x"),
	by("gateway", Subscribes, "receive everything", ">", "receive chats before they are stored", "chat.>", "receive notes before they are stored", "note.>",
		"take agents' calls", "svc.escalation.take", "take calls for history", "svc.history.page", "receive timers", "timer.>", "receive writes of accounts", "$KV.agents.>"),
	by("botworker", Publishes, "say another role's goodbye", "gone.history.x", "speak as the visitor", in, "speak as an agent", say, "change a chat", state, "write a note", note, "write on a card", card, "set a timer", timer, "choose when a chat wakes", sleep,
		"write the desk", "$KV.desk.x", "write read marks", "$KV.marks.x", "read an agent's draft", "$JS.API.DIRECT.GET.KV_marks.$KV.marks.aaaaaaaaaaaaaaaa.draft.ada", "write what is known of visitors", "$KV.about.x", "read what is known of a visitor", "$JS.API.DIRECT.GET.KV_about.$KV.about.x", "write accounts", "$KV.agents.x", "write keys", "$KV.settings.x", "change what admins set", "$KV.site.settings", "take a visitor's name", "$KV.visitors.x", "show an agent as online", "$KV.presence.x",
		"act as an agent", "svc.escalation.take", "ask for a page with notes", "svc.history.page-notes", "ask for all chats", "svc.history.chats",
		"forge a live copy", "live."+reply, "say that an agent looks at a chat", "live."+note+".looks", "forge another role's dead letter", "dead.history.x.CHAT_0.1",
		"read accounts", "$JS.API.STREAM.MSG.GET.KV_agents", "read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "read the signing key", "$JS.API.DIRECT.GET.KV_settings.$KV.settings.x",
		"read a note by its subject", "$JS.API.DIRECT.GET.CHAT_0."+note, "read a card by its subject", "$JS.API.DIRECT.GET.CHAT_0."+card, "ask for a card that has left its stream", "svc.history.card",
		"read the keys for notes", "$JS.API.STREAM.MSG.GET.KV_keys", "read them from any copy", "$JS.API.DIRECT.GET.KV_keys", "read a key for notes by its name", "$JS.API.DIRECT.GET.KV_keys.$KV.keys.notes.x",
		"create a consumer of them", "$JS.API.CONSUMER.CREATE.KV_keys.spy.$KV.keys.>", "create a key for notes", "$KV.keys.notes.x",
		"take the history worker's deliveries", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.history", "acknowledge them", "$JS.ACK.CHAT_0.history.1.1.1.1.1",
		"read a visitor's file", "$JS.API.DIRECT.GET.OBJ_FILES", "read it from the leader", "$JS.API.STREAM.MSG.GET.OBJ_FILES", "read one that was stored", "svc.history.file", "put a file", "$O.FILES.C.x", "describe a file", "$O.FILES.M.x", "remove files", "$JS.API.STREAM.PURGE.OBJ_FILES",
		"answer in another role's place", "_INBOX.gateway.x"),
	by("botworker", Subscribes, "receive everything", ">", "receive notes", "live.note.>", "receive one chat's notes", "live."+note, "receive one chat's card", "live."+card, "hear which agents look at a chat", "live."+note+".looks", "receive notes before they are stored", "note.>",
		"receive chats", "live.chat.>", "receive everything live", "live.>", "receive chats before they are stored", "chat.>", "take agents' calls", "svc.escalation.say", "take calls for history", "svc.history.page",
		"receive writes of accounts", "$KV.agents.>", "receive new keys for notes", "$KV.keys.>"),
	by("escalation", Publishes, "say another role's goodbye", "gone.gateway.x", "change what the model cost", cost, "speak as the bot", reply, "speak as the visitor", in, "ask for a person", ask, "create a key for notes", "$KV.keys.notes.x", "write accounts", "$KV.agents.x", "write keys", "$KV.settings.x", "change what admins set", "$KV.site.teams", "take a visitor's name", "$KV.visitors.x",
		"show an agent as online", "$KV.presence.x", "read an agent's draft", "$JS.API.DIRECT.GET.KV_marks.$KV.marks.aaaaaaaaaaaaaaaa.draft.ada", "fire a timer", "timer.due.0.aaaaaaaaaaaaaaaa.idle", "ask for all chats", "svc.history.chats", "forge a live copy", "live."+say, "send signals", "live.chat.0.aaaaaaaaaaaaaaaa.signal",
		"read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "read the signing key", "$JS.API.DIRECT.GET.KV_settings.$KV.settings.x",
		"read a visitor's file", "$JS.API.DIRECT.GET.OBJ_FILES", "read one that was stored", "svc.history.file", "put a file", "$O.FILES.C.x", "remove files", "$JS.API.STREAM.PURGE.OBJ_FILES",
		"take the bot's deliveries", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot"),
	by("escalation", Subscribes, "receive everything", ">", "receive chats", "live.chat.>", "receive chats before they are stored", "chat.>", "take calls for history", "svc.history.page", "receive due timers as they are stored", "timer.due.>"),
	by("historyworker", Publishes, "say another role's goodbye", "gone.escalation.x", "change what the model cost", cost, "speak as the visitor", in, "ask for a person", ask, "speak as the bot", reply, "speak as an agent", say, "change a chat", state, "write a note", note, "write on a card", card, "set a timer", timer,
		"write the desk", "$KV.desk.x", "create a key for notes", "$KV.keys.notes.x", "write accounts", "$KV.agents.x", "read a password", "$JS.API.DIRECT.GET.KV_agents.$KV.agents.admin", "act as an agent", "svc.escalation.say", "say that a chat was moved", "$KV.site.home.aaaaaaaaaaaaaaaa",
		"forge a live copy", "live."+say, "take the bot's deliveries", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot", "put a file", "$O.FILES.C.x", "purge timers", "$JS.API.STREAM.PURGE.TIMERS", "purge dead letters", "$JS.API.STREAM.PURGE.DEAD"),
	by("historyworker", Subscribes, "receive everything", ">", "receive chats", "live.chat.>", "receive chats before they are stored", "chat.>", "take agents' calls", "svc.escalation.take"),
	by("gateway-afar", Publishes, "say a replica's goodbye", "gone.gateway.x", "speak as the bot", reply, "speak as an agent", say, "change a chat", state, "write a note", note, "write on a card", card,
		"set a timer", timer, "change what the model cost", cost, "write the desk", "$KV.desk.x", "create a key for notes", "$KV.keys.notes.x",
		"write accounts", "$KV.agents.x", "write keys", "$KV.settings.x", "take a visitor's name", "$KV.visitors.x", "change what admins set", "$KV.site.settings",
		"say that a chat was moved", "$KV.site.home.aaaaaaaaaaaaaaaa", "have the store take over chats", "svc.history.import", "write into a stream of chats that were moved", "chat.64.aaaaaaaaaaaaaaaa.out.state",
		"read who is online", "$JS.API.CONSUMER.CREATE.KV_presence.spy.$KV.presence.>",
		"have the bot try dead letters again", "svc.bot.replay", "have the history worker do so", "svc.history.replay", "read a dead letter", "$JS.API.STREAM.MSG.GET.DEAD", "read what the model cost", "$JS.API.DIRECT.GET.SPENT",
		"discover replicas", "$SRV.PING", "ask how full the account is", "$JS.API.INFO", "ask how far a worker is", "$JS.API.CONSUMER.INFO.CHAT_0.bot",
		"forge a live copy", "live."+say, "forge the live copy of a note", "live."+note, "take the bot's deliveries", "$JS.API.CONSUMER.MSG.NEXT.CHAT_0.bot", "acknowledge the bot's deliveries", "$JS.ACK.CHAT_0.bot.1.1.1.1.1",
		"answer in a role's place", "_INBOX.gateway.x"),
	by("gateway-afar", Subscribes, "receive everything", ">", "receive chats before they are stored", "chat.>", "receive notes before they are stored", "note.>", "take agents' calls", "svc.escalation.take", "take calls for history", "svc.history.page",
		"be discovered", "$SRV.PING", "receive the answers to gateways here", "_INBOX.gateway.>", "receive writes of accounts", "$KV.agents.>"),
	everyRole(Publishes,
		"create a stream", "$JS.API.STREAM.CREATE.OTHER", `{"name":"OTHER","subjects":["other.>"]}`,
		"change a stream", "$JS.API.STREAM.UPDATE.CHAT_0", `{"name":"CHAT_0","subjects":["chat.0.>"]}`,
		"delete a stream", "$JS.API.STREAM.DELETE.CHAT_0", "",
		"delete a bucket", "$JS.API.STREAM.DELETE.KV_agents", "",
		"delete the object store of files", "$JS.API.STREAM.DELETE.OBJ_FILES", "",
		"list streams", "$JS.API.STREAM.LIST", "",
		"back a stream up", "$JS.API.STREAM.SNAPSHOT.CHAT_0", `{"deliver_subject":"_INBOX.x"}`,
		"remove a line of the audit log", "$JS.API.STREAM.MSG.DELETE.AUDIT", `{"seq":1}`,
		"empty the audit log", "$JS.API.STREAM.PURGE.AUDIT", "",
		"delete the audit log", "$JS.API.STREAM.DELETE.AUDIT", "",
		"have the audit log keep less", "$JS.API.STREAM.UPDATE.AUDIT", `{"name":"AUDIT","subjects":["audit.lines"],"max_age":1000000000}`,
		"remove an event", "$JS.API.STREAM.MSG.DELETE.CHAT_0", `{"seq":1}`,
		"make a stream elect a leader", "$JS.API.STREAM.LEADER.STEPDOWN.CHAT_0", "",
		"change the bot's consumer", "$JS.API.CONSUMER.CREATE.CHAT_0.bot", `{"stream_name":"CHAT_0","config":{"durable_name":"bot","ack_policy":"explicit","filter_subjects":["note.>"]}}`,
		"create a consumer of cards", "$JS.API.CONSUMER.CREATE.CHAT_0.spy.note.*.*.card", `{"stream_name":"CHAT_0","config":{"name":"spy","ack_policy":"none","filter_subject":"note.*.*.card"}}`,
		"create a consumer of notes", "$JS.API.CONSUMER.CREATE.CHAT_0.spy.note.>", `{"stream_name":"CHAT_0","config":{"name":"spy","ack_policy":"none","filter_subject":"note.>"}}`,
		"create a consumer the old way", "$JS.API.CONSUMER.DURABLE.CREATE.CHAT_0.spy", `{"stream_name":"CHAT_0","config":{"durable_name":"spy","ack_policy":"none"}}`,
		"create a nameless consumer", "$JS.API.CONSUMER.CREATE.CHAT_0", `{"stream_name":"CHAT_0","config":{"ack_policy":"none"}}`,
		"delete a consumer", "$JS.API.CONSUMER.DELETE.CHAT_0.bot", "",
		"pause a consumer", "$JS.API.CONSUMER.PAUSE.CHAT_0.bot", `{"pause_until":"2999-01-01T00:00:00Z"}`,
		"query the servers", "$SYS.REQ.SERVER.PING", "",
	),
	everyRole(Subscribes,
		"receive requests to JetStream", "$JS.API.>", "",
		"receive files before they are stored", "$O.FILES.>", "",
		"receive all answers", "_INBOX.>", "",
		"receive the admin's answers", "_INBOX.setup.>", "",
		"receive the servers' events", "$SYS.>", "",
		"receive dead letters", "dead.>", "",
	),
	notTheGateway("write to the audit log", Publishes, "audit.lines"),
	notTheGateway("read the audit log", Publishes, "$JS.API.DIRECT.GET.AUDIT"),
	notTheGateway("read it from the leader", Publishes, "$JS.API.STREAM.MSG.GET.AUDIT"),
	notTheGateway("hear what is written to the audit log", Subscribes, "live.audit"),
	// All roles except the history worker, which has to.
	[]Refusal{
		{"gateway-afar", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		{"gateway-afar", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
		{"gateway", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		{"botworker", "forget what the model cost", Publishes, "$JS.API.STREAM.PURGE.SPENT", ""},
		{"botworker", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		{"escalation", "purge a stream", Publishes, "$JS.API.STREAM.PURGE.CHAT_0", ""},
		// All roles except the gateway, which drops dead letters for the operator.
		{"botworker", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
		{"escalation", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
		{"historyworker", "drop a dead letter", Publishes, "$JS.API.STREAM.MSG.DELETE.DEAD", `{"seq":1}`},
	},
)

// by makes refusals from pairs: act, subject.
func by(user string, verb Verb, pairs ...string) (list []Refusal) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Refusal{User: user, Act: pairs[i], Verb: verb, Subject: pairs[i+1], Body: "{}"})
	}
	return list
}

// everyRole makes refusals for all roles from triples: act, subject, body.
func everyRole(verb Verb, triples ...string) (list []Refusal) {
	for _, u := range Users {
		if u.Name == admin.Name {
			continue
		}
		for i := 0; i < len(triples); i += 3 {
			list = append(list, Refusal{User: u.Name, Act: triples[i], Verb: verb, Subject: triples[i+1], Body: triples[i+2]})
		}
	}
	return list
}

// notTheGateway makes refusals for all roles but the gateway here.
func notTheGateway(act string, verb Verb, subject string) (list []Refusal) {
	for _, u := range Users {
		if u.Name != admin.Name && u.Name != gateway.Name {
			list = append(list, Refusal{User: u.Name, Act: act, Verb: verb, Subject: subject, Body: "{}"})
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
