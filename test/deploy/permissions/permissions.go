// Package permissions says what each role may publish and subscribe to on NATS. The
// users in k8s/base/nats/accounts.conf and the tables in docs/nats-permissions.md are
// generated from it (go run ./cmd/permissions), and the tests attempt what it refuses.
package permissions

import (
	"slices"
	"strings"
)

// User is a NATS user: a role, or the admin.
type User struct {
	Name string
	// Is describes the user.
	Is string
	// Publish and Subscribe are all that it may do.
	Publish, Subscribe []Line
	// Answers is set for a user that serves calls. It may also publish one message to
	// the reply subject of each message that it received.
	Answers bool
	// Afar is set for a role of another region.
	Afar bool
}

// Line permits subjects for a reason. In a subject CHAT stands for the name of
// every stream that holds chats, those of chats that were moved here among them, and CHAT+ for these and the next one, which each
// role looks for at startup to find that it does not exist.
type Line struct {
	Why      string
	Subjects []string
}

func line(why string, subjects ...string) Line { return Line{why, subjects} }

// Users are the roles, those that come from other regions, and the admin that creates what all
// of them use.
var Users = []User{gateway, botworker, escalation, historyworker, gatewayAfar, admin}

var gateway = User{
	Name: "gateway", Is: "the gateways", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("what visitors say and request", "chat.*.*.in.message", "chat.*.*.in.request"),
			line("typing, read marks", "live.chat.*.*.signal"),
			line("which agents look at a chat", "live.note.*.*.looks"),
			parting("gateway"),
			line("agents' actions, pages and lists of chats, and dead letters for the operator page", "svc.escalation.*", "svc.history.*", "svc.bot.*"),
			line("discovery of replicas, for the operator page, and how many chats the bot can think about", "$SRV.PING", "$SRV.INFO", "$SRV.STATS", "$SRV.*.*", "$SRV.*.*.*"),
		},
		starting, reading("CHAT"),
		[]Line{
			line("several events of a chat at once, from any replica of its stream", "$JS.API.DIRECT.GET.CHAT"),
			line("how far the workers are", "$JS.API.CONSUMER.INFO.CHAT.bot", "$JS.API.CONSUMER.INFO.CHAT.bot-states", "$JS.API.CONSUMER.INFO.CHAT.escalation", "$JS.API.CONSUMER.INFO.CHAT.escalation-states", "$JS.API.CONSUMER.INFO.CHAT.history"),
			line("due timers, and since when they are due, for the operator page", "$JS.API.CONSUMER.INFO.TIMERS.escalation", "$JS.API.STREAM.MSG.GET.TIMERS"),
			line("whether the account has room", "$JS.API.INFO"),
			line("what the language model cost today, for the operator page", "$JS.API.DIRECT.GET.SPENT"),
			line("the audit log: to write a line, after the last one, and to read it for admins", "audit.lines", "$JS.API.STREAM.MSG.GET.AUDIT", "$JS.API.DIRECT.GET.AUDIT"),
			line("dead letters: read one, drop one", "$JS.API.STREAM.MSG.GET.DEAD", "$JS.API.STREAM.MSG.DELETE.DEAD"),
		},
		bucket("visitors", reads, writes), bucket("revoked", reads, writes), bucket("agents", reads, writes, watches), bucket("settings", reads, writes), bucket("site", reads, writes, watches),
		bucket("presence", reads, writes, watches), bucket("desk", reads, watches), bucket("marks", reads, writes), bucket("about", reads, writes), files(reads, writes), opening,
	),
	Subscribe: slices.Concat([]Line{
		line("the live copies of chats, of notes and of cards", "live.chat.>", "live.note.>"),
		line("the goodbyes of replicas, for the operator page", "gone.*.*"),
		line("the end of the audit log, to write after it", "live.audit"),
		line("how many connections it holds, which is part of its statistics", "svc.gateway.*"),
	}, listening("gateway", "gateway")),
}

var botworker = User{
	Name: "botworker", Is: "the bot", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("replies", "chat.*.*.out.reply"),
			line("its request for a person", "chat.*.*.in.request"),
			line("the words it is thinking of", "live.chat.*.*.signal"),
			parting("bot"),
			line("the timer of a chat that it opens, and of one that its agent snoozed and the visitor writes in", "timer.set.*.*.idle", "timer.set.*.*.wake"),
			line("what the language model cost", "spent.>"),
			line("what was said before; a chat's state that has left its stream", "svc.history.page", "svc.history.last"),
		},
		starting, reading("CHAT"),
		[]Line{line("the last of a chat, from any replica of its stream", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "bot"), working("CHAT", "bot-states"), bucket("site", watches), givingUp("bot"),
	),
	Subscribe: slices.Concat([]Line{line("dead letters to try again", "svc.bot.*")}, listening("botworker", "botworker")),
}

var escalation = User{
	Name: "escalation", Is: "the queue and the people", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("what agents say, and changes of a chat", "chat.*.*.out.say", "chat.*.*.out.state"),
			line("notes, sealed", "note.*.*"),
			line("what is written on the cards of chats", "note.*.*.card"),
			parting("escalation"),
			line("timers", "timer.set.*.*.*"),
			line("a chat's state and card that have left its stream; an agent's call that was made before the chat was moved", "svc.history.last", "svc.history.card", "svc.history.find"),
			line("what was asked longer ago in a chat that is handed over, without notes", "svc.history.page"),
		},
		starting, reading("CHAT"),
		[]Line{line("several events of a chat at once", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "escalation"), working("CHAT", "escalation-states"), working("TIMERS", "escalation"),
		[]Line{line("removal of finished timers", "$JS.API.STREAM.MSG.DELETE.TIMERS")},
		bucket("desk", reads, writes, watches), bucket("presence", reads, watches), bucket("site", reads, watches), opening, givingUp("escalation"),
	),
	Subscribe: slices.Concat([]Line{line("agents' actions", "svc.escalation.*")}, listening("escalation", "escalation")),
}

var historyworker = User{
	Name: "historyworker", Is: "the way into the store", Answers: true,
	Publish: slices.Concat(
		starting, reading("CHAT"),
		[]Line{line("several events of a chat at once", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "history"),
		[]Line{
			line("what every consumer has acknowledged", "$JS.API.CONSUMER.NAMES.CHAT", "$JS.API.CONSUMER.INFO.CHAT.*"),
			line("to purge what is in the store", "$JS.API.STREAM.PURGE.CHAT"),
			parting("history"),
		},
		bucket("site", watches), files(reads), opening, givingUp("history"),
	),
	Subscribe: slices.Concat([]Line{line("pages, searches, lists", "svc.history.*")}, listening("historyworker", "history")),
}

// gatewayAfar serves the chats that are at home here to people who are elsewhere. It makes and
// changes nothing that is merged: accounts, settings and visitors are written in each region by
// its own gateways, which read them here.
var gatewayAfar = User{
	Name: "gateway-afar", Is: "gateways of other regions", Afar: true,
	Publish: slices.Concat(
		[]Line{
			line("what visitors say and request who are elsewhere", "chat.*.*.in.message", "chat.*.*.in.request"),
			line("typing, read marks", "live.chat.*.*.signal"),
			line("what agents do who are elsewhere, and their lists", "svc.escalation.*"),
			line("pages and lists of chats, and what has left its stream", "svc.history.page", "svc.history.page-notes", "svc.history.chats", "svc.history.find", "svc.history.last", "svc.history.card", "svc.history.file"),
		},
		starting, reading("CHAT"),
		[]Line{line("several events of a chat at once, from any replica of its stream", "$JS.API.DIRECT.GET.CHAT")},
		bucket("revoked", reads, writes, watches), bucket("presence", writes), bucket("desk", watches), bucket("marks", reads, writes), bucket("about", reads, writes),
		bucket("agents", reads, watches), bucket("site", reads, watches), bucket("visitors", reads, watches), bucket("settings", reads), files(reads, writes), opening,
	),
	Subscribe: []Line{
		line("the live copies of chats, of notes and of cards", "live.chat.>", "live.note.>"),
		line("answers to its requests, and its deliveries", Inbox("gateway-afar")),
	},
}

var admin = User{
	Name: "admin", Is: "`parley setup`, `parley dead`, and operators with the `nats` command",
	Publish:   []Line{line("everything", ">")},
	Subscribe: []Line{line("everything", ">")},
}

// parting is for the goodbye of a replica that stops in order.
func parting(service string) Line { return line("its goodbye when it stops", "gone."+service+".*") }

// starting is for every role's questions at startup: do the streams exist, and were
// they created for the same STREAMS?
var starting = []Line{line("at startup: whether the streams exist", "$JS.API.STREAM.INFO.CHAT+", "$JS.API.STREAM.INFO.TIMERS", "$JS.API.STREAM.INFO.DEAD", "$JS.API.STREAM.INFO.SPENT", "$JS.API.STREAM.INFO.AUDIT")}

// reading is for single events from a stream's leader.
func reading(stream string) []Line {
	return []Line{line("single events, from the stream's leader", "$JS.API.STREAM.MSG.GET."+stream)}
}

// opening is for the keys that seal and open notes, read from the stream's leader,
// which has a key that was just created.
var opening = []Line{line("the keys for notes", "$JS.API.STREAM.MSG.GET.KV_keys")}

// working is for a durable consumer that exists: receive deliveries, settle them.
func working(stream, consumer string) []Line {
	return []Line{line("the deliveries of its own consumer",
		"$JS.API.CONSUMER.INFO."+stream+"."+consumer, "$JS.API.CONSUMER.MSG.NEXT."+stream+"."+consumer, "$JS.ACK."+stream+"."+consumer+".>")}
}

// givingUp is for records of failed deliveries, and for dead letters.
func givingUp(consumer string) []Line {
	return []Line{
		line("its records of deliveries that went wrong", "$JS.API.STREAM.INFO.KV_attempts",
			"$JS.API.DIRECT.GET.KV_attempts.$KV.attempts."+consumer+".>", "$KV.attempts."+consumer+".>"),
		line("dead letters that it records, and takes back", "dead."+consumer+".>", "$JS.API.STREAM.MSG.GET.DEAD"),
	}
}

type access int

const (
	reads access = iota
	writes
	watches
)

// bucket is for a key-value bucket: keys read one by one, written, or watched.
func bucket(name string, what ...access) []Line {
	subjects := []string{"$JS.API.STREAM.INFO.KV_" + name}
	var words []string
	if slices.Contains(what, reads) {
		words = append(words, "read")
		subjects = append(subjects, "$JS.API.DIRECT.GET.KV_"+name+".$KV."+name+".>")
	}
	if slices.Contains(what, writes) {
		words = append(words, "write")
		subjects = append(subjects, "$KV."+name+".>")
	}
	if slices.Contains(what, watches) {
		words = append(words, "watch")
		subjects = append(subjects, "$JS.API.CONSUMER.CREATE.KV_"+name+".*.$KV."+name+".>",
			"$JS.API.CONSUMER.INFO.KV_"+name+".*", "$JS.API.CONSUMER.DELETE.KV_"+name+".*", "$JS.FC.KV_"+name+".>")
	}
	return []Line{line("the bucket `"+name+"`: "+strings.Join(words, ", "), subjects...)}
}

// files is for the object store FILES. All who may use it may also remove: a gateway what is left of
// an upload that was cut, the history worker what is in the file store. Its mark, that there is no
// such file, is on the subjects of descriptions.
func files(what ...access) []Line {
	words, subjects := "read, remove", []string{"$JS.API.STREAM.INFO.OBJ_FILES", "$JS.API.STREAM.MSG.GET.OBJ_FILES", "$JS.API.DIRECT.GET.OBJ_FILES", "$JS.API.STREAM.PURGE.OBJ_FILES", "$O.FILES.M.*"}
	if slices.Contains(what, writes) {
		words = "write, read, remove what was cut"
		subjects = append(subjects, "$O.FILES.C.*")
	}
	return []Line{line("files that are not in the file store yet: "+words, subjects...)}
}

// listening is for the answers to a user's requests, and for discovery by the name of
// its service.
func listening(user, service string) []Line {
	return []Line{
		line("answers to its requests, and its deliveries", Inbox(user)),
		line("discovery", "$SRV.*", "$SRV.*."+service, "$SRV.*."+service+".*"),
	}
}

// Inbox is where a user receives answers.
func Inbox(user string) string { return "_INBOX." + user + ".>" }
