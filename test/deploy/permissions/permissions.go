// Package permissions is what each role may say and hear on NATS. From it are made
// the users in k8s/base/nats/accounts.conf and the tables in
// docs/nats-permissions.md (go run ./cmd/permissions), and what the tests try.
package permissions

import (
	"slices"
	"strings"
)

// User is a NATS user: a role, or whoever sets up and repairs.
type User struct {
	Name string
	// Is says who it is for.
	Is string
	// Publish and Subscribe are all that it may do.
	Publish, Subscribe []Line
	// Answers is set for who serves calls: such a user may also publish one
	// message to the subject that a message it received names for the answer.
	Answers bool
}

// Line permits subjects for a reason. In a subject CHAT stands for the name of
// every stream that holds chats, and CHAT+ for these and the one that would come
// next, for which each role asks at its start to find that there is none.
type Line struct {
	Why      string
	Subjects []string
}

func line(why string, subjects ...string) Line { return Line{why, subjects} }

// Users are the roles and the one that makes what they use.
var Users = []User{gateway, botworker, escalation, historyworker, admin}

var gateway = User{
	Name: "gateway", Is: "the gateways", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("what visitors say and ask", "chat.*.*.in"),
			line("typing, read marks", "live.chat.*.*.signal"),
			line("what agents do, pages and lists of chats, and dead letters for the operator page", "svc.escalation.*", "svc.history.*", "svc.bot.*"),
			line("which replicas there are, for the operator page, and how many chats the bot can think about", "$SRV.PING", "$SRV.INFO", "$SRV.STATS", "$SRV.*.*", "$SRV.*.*.*"),
		},
		starting, reading("CHAT"),
		[]Line{
			line("a part of a chat at once, from any replica of its stream", "$JS.API.DIRECT.GET.CHAT"),
			line("how far the workers are", "$JS.API.CONSUMER.INFO.CHAT.bot", "$JS.API.CONSUMER.INFO.CHAT.escalation", "$JS.API.CONSUMER.INFO.CHAT.history"),
			line("timers that are due, and since when, for the operator page", "$JS.API.CONSUMER.INFO.TIMERS.escalation", "$JS.API.STREAM.MSG.GET.TIMERS"),
			line("dead letters: read one, drop one", "$JS.API.STREAM.MSG.GET.DEAD", "$JS.API.STREAM.MSG.DELETE.DEAD"),
		},
		bucket("visitors", reads, writes), bucket("agents", reads, writes, watches), bucket("settings", reads, writes),
		bucket("presence", reads, writes, watches), bucket("desk", reads, watches), opening,
	),
	Subscribe: slices.Concat([]Line{
		line("the live copies of chats and of notes", "live.chat.>", "live.note.>"),
		line("how many connections it holds, which it tells with its figures", "svc.gateway.*"),
	}, listening("gateway", "gateway")),
}

var botworker = User{
	Name: "botworker", Is: "the bot", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("replies", "chat.*.*.out.reply"),
			line("its wish for a person", "chat.*.*.in"),
			line("the words it is thinking of", "live.chat.*.*.signal"),
			line("what was said before; a chat's state that has left its stream", "svc.history.page", "svc.history.last"),
		},
		starting, reading("CHAT"),
		[]Line{line("the last of a chat, from any replica of its stream", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "bot"), givingUp("bot"),
	),
	Subscribe: slices.Concat([]Line{line("dead letters that it is to try again", "svc.bot.*")}, listening("botworker", "botworker")),
}

var escalation = User{
	Name: "escalation", Is: "the line and the people", Answers: true,
	Publish: slices.Concat(
		[]Line{
			line("what agents say, and changes of a chat", "chat.*.*.out.say", "chat.*.*.out.state"),
			line("notes, sealed", "note.*.*"),
			line("timers", "timer.set.*.*.*"),
			line("a chat's state that has left its stream", "svc.history.last"),
		},
		starting, reading("CHAT"),
		[]Line{line("a part of a chat at once", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "escalation"), working("TIMERS", "escalation"),
		[]Line{line("timers that are done with", "$JS.API.STREAM.MSG.DELETE.TIMERS")},
		bucket("desk", reads, writes, watches), bucket("presence", reads, watches), opening, givingUp("escalation"),
	),
	Subscribe: slices.Concat([]Line{line("what agents do", "svc.escalation.*")}, listening("escalation", "escalation")),
}

var historyworker = User{
	Name: "historyworker", Is: "the way into the store", Answers: true,
	Publish: slices.Concat(
		starting, reading("CHAT"),
		[]Line{line("a part of a chat at once", "$JS.API.DIRECT.GET.CHAT")},
		working("CHAT", "history"),
		[]Line{
			line("what every consumer has acknowledged", "$JS.API.CONSUMER.NAMES.CHAT", "$JS.API.CONSUMER.INFO.CHAT.*"),
			line("to purge what is in the store", "$JS.API.STREAM.PURGE.CHAT"),
		},
		opening, givingUp("history"),
	),
	Subscribe: slices.Concat([]Line{line("pages, searches, lists", "svc.history.*")}, listening("historyworker", "history")),
}

var admin = User{
	Name: "admin", Is: "`parley setup`, `parley dead`, and operators with the `nats` command",
	Publish:   []Line{line("everything", ">")},
	Subscribe: []Line{line("everything", ">")},
}

// starting is what every role asks at its start: are the streams there, and were
// they made for the same STREAMS?
var starting = []Line{line("at the start: are the streams there?", "$JS.API.STREAM.INFO.CHAT+", "$JS.API.STREAM.INFO.TIMERS", "$JS.API.STREAM.INFO.DEAD")}

// reading is single events from a stream's leader.
func reading(stream string) []Line {
	return []Line{line("single events, from the stream's leader", "$JS.API.STREAM.MSG.GET."+stream)}
}

// opening is the keys that seal and open notes. From the stream's leader, which
// knows a key that was just made.
var opening = []Line{line("the keys of notes", "$JS.API.STREAM.MSG.GET.KV_keys")}

// working is a durable consumer that exists: be given deliveries, settle them.
func working(stream, consumer string) []Line {
	return []Line{line("the deliveries of its own consumer",
		"$JS.API.CONSUMER.INFO."+stream+"."+consumer, "$JS.API.CONSUMER.MSG.NEXT."+stream+"."+consumer, "$JS.ACK."+stream+"."+consumer+".>")}
}

// givingUp is notes on deliveries that went wrong, and dead letters.
func givingUp(consumer string) []Line {
	return []Line{
		line("its notes on deliveries that went wrong", "$JS.API.STREAM.INFO.KV_attempts",
			"$JS.API.DIRECT.GET.KV_attempts.$KV.attempts."+consumer+".>", "$KV.attempts."+consumer+".>"),
		line("what it gave up, and gets back", "dead."+consumer+".>", "$JS.API.STREAM.MSG.GET.DEAD"),
	}
}

type access int

const (
	reads access = iota
	writes
	watches
)

// bucket is a key-value bucket: keys read one by one, written, or watched.
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

// listening is the answers to what a user asked, and questions who it is, by the
// name of its service.
func listening(user, service string) []Line {
	return []Line{
		line("answers to what it asked, its deliveries", Inbox(user)),
		line("who is there?", "$SRV.*", "$SRV.*."+service, "$SRV.*."+service+".*"),
	}
}

// Inbox is where a user hears answers.
func Inbox(user string) string { return "_INBOX." + user + ".>" }
