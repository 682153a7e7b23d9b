package bus

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

// Subject is a NATS subject or a filter over subjects. Only this file makes them, so a raw
// string can't be published.
//
//	subject                       published by           consumed by
//	chat.<p>.<id>.in.message      gateway                botworker, historyworker
//	chat.<p>.<id>.in.request      gateway, botworker     escalation, historyworker
//	chat.<p>.<id>.out.reply       botworker              historyworker
//	chat.<p>.<id>.out.say|state   escalation             botworker (state), escalation (state), historyworker
//	note.<p>.<id>                 escalation             historyworker
//	note.<p>.<id>.card            escalation             historyworker
//	live.<the same>               the stream, once the   gateway
//	                              message is stored
//	live.chat.<p>.<id>.signal     gateway, botworker     gateway (never stored)
//	live.note.<p>.<id>.looks      gateway                gateway (never stored)
//	timer.set.<p>.<id>.<kind>     escalation, botworker  the stream's scheduler
//	timer.due.<p>.<id>.<kind>     the scheduler          escalation
//	dead.<role>.<id>.<stream>.<n> any worker             operators (<n>: the sequence there)
//	audit.lines                   whoever serves people  (read by gateways)
//	spent.<day>.chat.<id>         botworker              (a counter; the gateway reads
//	spent.<day>.address.<source>                         the last two)
//	spent.<day>.all
//	spent.<day>.near.<one of them>
//	svc.<service>.<endpoint>      gateway and workers    the service of that name
//	gone.<service>.<replica>      a replica that stops   gateway (never stored)
//
// <id> is a chat id, <p> its partition. A visitor's feed is live.chat.<p>.<id>.>,
// which no internal event's subject can match.
type Subject string

const (
	livePrefix = "live."  // before the subject of an event: its republished copy
	gonePrefix = "gone."  // before the service and the id of a replica that stops
	leafSignal = "signal" // beside the leaves of events
	leafLooks  = "looks"  // below those of internal events: for agents only
)

func chatSubject(id chat.ID, leaf chat.Leaf) Subject {
	return Subject("chat." + partitionToken(id) + "." + string(id) + "." + string(leaf))
}

func partitionToken(id chat.ID) string { return strconv.Itoa(id.Partition()) }

func inSubjects(id chat.ID) Subject   { return chatSubject(id, "in.*") }
func outSubjects(id chat.ID) Subject  { return chatSubject(id, "out.*") }
func chatSubjects(id chat.ID) Subject { return chatSubject(id, ">") }
func internalSubject(id chat.ID) Subject {
	return Subject(fmt.Sprintf("note.%d.%s", id.Partition(), id))
}

// cardSubject is below that of the notes, which all streams have had from the beginning: what a
// stream is of can't be changed while older replicas run.
func cardSubject(id chat.ID) Subject {
	return internalSubject(id) + "." + Subject(chat.LeafCard)
}
func signalSubject(id chat.ID) Subject { return livePrefix + chatSubject(id, leafSignal) }
func liveSubjects(id chat.ID) Subject  { return livePrefix + chatSubjects(id) }
func liveInternal(id chat.ID) []Subject {
	return []Subject{livePrefix + internalSubject(id), livePrefix + cardSubject(id), looksSubject(id)}
}

// looksSubject carries what agents do in a chat: no visitor's feed matches it, and a gateway of
// a version that would not keep it from visitors does not follow it.
func looksSubject(id chat.ID) Subject    { return livePrefix + internalSubject(id) + "." + leafLooks }
func serviceSubject(name string) Subject { return Subject("svc." + name) }

// allGone matches the goodbyes of all replicas.
const allGone Subject = gonePrefix + "*.*"

func goneSubject(service, replica string) Subject {
	return Subject(gonePrefix + service + "." + replica)
}

// parseGone returns who said goodbye; false if that can't be read.
func parseGone(subject string) (service, replica string, ok bool) {
	rest, ok := strings.CutPrefix(subject, gonePrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ".")
}

// deadSubject is different for each delivery that a role gave up, so that each is recorded
// once. It contains the chat, so that all dead letters of one can be found.
func deadSubject(role string, id chat.ID, stream string, seq uint64) Subject {
	if id == "" {
		id = "-" // its subject could not be read
	}
	return Subject(fmt.Sprintf("dead.%s.%s.%s.%d", role, id, stream, seq))
}

func timerSet(id chat.ID, kind string) Subject {
	return Subject(fmt.Sprintf("timer.set.%d.%s.%s", id.Partition(), id, kind))
}

func timerDue(id chat.ID, kind string) Subject {
	return Subject(fmt.Sprintf("timer.due.%d.%s.%s", id.Partition(), id, kind))
}

// spentSubject is the counter of what a spender spent on that day.
func spentSubject(day string, s Spender) Subject {
	return Subject("spent." + day + "." + spenderTokens(s))
}

// spentMark is there once the spender was near its ceiling of that day.
func spentMark(day string, s Spender) Subject {
	return Subject("spent." + day + ".near." + spenderTokens(s))
}

// spentMarks matches the marks of that day.
func spentMarks(day string) Subject { return Subject("spent." + day + ".near.>") }

func spenderTokens(s Spender) string {
	if s.Scope == spent.Day {
		return "all"
	}
	return string(s.Scope) + "." + s.Of
}

// parseSpender returns whose counter the subject is; false if it is nobody's.
func parseSpender(subject string) (Spender, bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 4 || parts[0] != "spent" || parts[2] == "near" {
		return Spender{}, false
	}
	return Spender{spent.Scope(parts[2]), parts[3]}, true
}

// parseSpentMark returns whom the subject marks; false if it is no mark.
func parseSpentMark(subject string) (Spender, bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 || parts[0] != "spent" || parts[2] != "near" {
		return Spender{}, false
	}
	return Spender{spent.Scope(parts[3]), parts[4]}, true
}

// The filters of the durable consumers. Each consumer has one, since NATS finds what
// comes next on one filter far more cheaply than on two: see decision 0038.
const (
	AllMessages Subject = "chat.*.*.in.message"
	AllRequests Subject = "chat.*.*.in.request"
	AllStates   Subject = "chat.*.*.out.state"
	allDue      Subject = "timer.due.>"
)

// What the streams hold.
const (
	allTimers Subject = "timer.>"
	allDead   Subject = "dead.>"
	allSpent  Subject = "spent.>"
	// auditLines is the whole chain: what is guarded by a last sequence has one subject.
	auditLines Subject = "audit.lines"
	allLive    Subject = livePrefix + ">"
	liveAudit  Subject = livePrefix + "audit"
)

// partitionSubjects returns the subjects of a partition, which one stream holds.
func partitionSubjects(partition int) []string {
	return []string{fmt.Sprintf("chat.%d.>", partition), fmt.Sprintf("note.%d.>", partition)}
}

// isTimer reports whether the subject is a timer's.
func isTimer(subject string) bool { return strings.HasPrefix(subject, "timer.") }

// keySubject is the subject of a key in KeysBucket.
func keySubject(name string) Subject { return bucketKey(KeysBucket, name) }

// bucketKey is where NATS keeps the values of a bucket's key.
func bucketKey(bucket, key string) Subject { return Subject("$KV." + bucket + "." + key) }

// readerSubjects returns the filters over all events that the role may see.
func readerSubjects(id chat.ID, reader chat.Role) []Subject {
	if reader.SeesInternal() {
		return []Subject{chatSubjects(id), internalSubject(id), cardSubject(id)}
	}
	return []Subject{chatSubjects(id)}
}

// eventSubject returns where an event of this kind is stored, or an error that wraps
// chat.ErrUnknownKind.
func eventSubject(id chat.ID, kind chat.Kind) (Subject, error) {
	switch leaf := kind.Leaf(); leaf {
	case "":
		return "", kind.Check()
	case chat.LeafInternal:
		return internalSubject(id), nil
	case chat.LeafCard:
		return cardSubject(id), nil
	default:
		return chatSubject(id, leaf), nil
	}
}

// parseSubject returns the chat and the leaf of a stored or a live subject.
func parseSubject(s string) (id chat.ID, leaf chat.Leaf, err error) {
	of, rest, _ := strings.Cut(strings.TrimPrefix(s, livePrefix), ".")
	_, rest, ok := strings.Cut(rest, ".")
	if !ok || of != "chat" && of != "note" {
		return "", "", fmt.Errorf("subject %q names no chat", s)
	}
	name, rest, _ := strings.Cut(rest, ".")
	if id, err = chat.ParseID(name); err != nil {
		return "", "", fmt.Errorf("subject %q: %w", s, err)
	}
	leaf = chat.Leaf(rest)
	if of == "note" && leaf != chat.LeafCard && leaf != leafLooks {
		leaf = chat.LeafInternal
	}
	return id, leaf, nil
}

// parseDue returns the chat and the kind of a due timer's subject.
func parseDue(s string) (id chat.ID, kind string, err error) {
	parts := strings.Split(s, ".")
	if len(parts) != 5 {
		return "", "", fmt.Errorf("subject %q names no timer", s)
	}
	id, err = chat.ParseID(parts[3])
	return id, parts[4], err
}
