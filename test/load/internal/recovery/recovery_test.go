package recovery

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func send(at time.Duration, id string) history.Entry {
	return history.Entry{At: at, Op: history.Send, ID: id, What: "message"}
}

func ack(at time.Duration, id string, seq uint64) history.Entry {
	return history.Entry{At: at, Op: history.Ack, ID: id, Seq: seq}
}

func told(at time.Duration, e history.Event) history.Entry {
	return history.Entry{At: at, Op: history.Told, Event: &e}
}

const second = time.Second

func TestAWaitEndsWithTheReplyThatCoversTheMessage(t *testing.T) {
	waits := Waits([]history.Entry{
		send(1*second, "a"), send(2*second, "b"), ack(3*second, "a", 10),
		told(4*second, history.Event{Seq: 11, Kind: "message", ID: "b", Role: "visitor"}), // its acknowledgement was lost
		told(5*second, history.Event{Seq: 12, Kind: "reply", Role: "bot", Status: "bot", Through: 10}),
		send(6*second, "b"), // again
		told(7*second, history.Event{Seq: 13, Kind: "reply", Role: "bot", Status: "bot", Through: 11}),
		send(8*second, "c"),
	})
	want := []Wait{
		{Sent: 1 * second, Acked: 3 * second, Dealt: 5 * second, seq: 10},
		{Sent: 2 * second, Acked: 4 * second, Dealt: 7 * second, seq: 11},
		{Sent: 8 * second},
	}
	if !slices.Equal(waits, want) {
		t.Errorf("%+v, want %+v", waits, want)
	}
}

func TestMessagesOfVisitorsWhoLeftAreNotCounted(t *testing.T) {
	waits := Waits([]history.Entry{
		send(1*second, "a"), {At: 2 * second, Op: history.End, Own: true}, // vanished with a message in flight
		send(9*second, "a"), ack(9*second, "a", 10), told(9*second, history.Event{Seq: 12, Kind: "reply", Through: 10}),
		send(10*second, "b"), {At: 11 * second, Op: history.End}, // the server died
		send(12*second, "b"), ack(13*second, "b", 20), told(13*second, history.Event{Seq: 21, Kind: "reply", Through: 20}),
	})
	waits = append(waits, Waits([]history.Entry{
		send(1*second, "a"), {At: 2 * second, Op: history.Slow, For: 3 * second}, send(4*second, "b"),
		ack(6*second, "a", 10), ack(6*second, "b", 11), told(6*second, history.Event{Seq: 12, Kind: "reply", Through: 11}),
	})...)
	if len(waits) != 1 || waits[0].Sent != 10*second || waits[0].Dealt != 13*second {
		t.Errorf("%+v", waits)
	}
}

func TestAMessageForAPersonDoesNotWaitForAReply(t *testing.T) {
	waits := Waits([]history.Entry{
		send(1*second, "a"), ack(2*second, "a", 10),
		told(3*second, history.Event{Seq: 11, Kind: "state", Status: "waiting", Through: 9}),
	})
	if waits[0].Dealt != 3*second {
		t.Errorf("%+v", waits)
	}
}

func TestARecoveryLastsUntilTheLastAffectedMessageIsAnswered(t *testing.T) {
	harms := []history.Harm{
		{At: 10 * second, Until: 11 * second, Kind: "kill", Target: "botworker-1"}, {At: 50 * second, Until: 51 * second, Kind: "kill", Target: "botworker-2"},
		{At: 90 * second, Until: 91 * second, Kind: "pause", Target: "nats-1"},
	}
	all := Of(harms, []Wait{
		{Sent: 1 * second, Acked: 2 * second, Dealt: 3 * second},                         // was over before it
		{Sent: 9 * second, Acked: 9 * second, Dealt: 13 * second},                        // was waiting
		{Sent: 10*second + 500*time.Millisecond, Acked: 12 * second, Dealt: 12 * second}, // ran into it
		{Sent: 12 * second, Acked: 30 * second, Dealt: 40 * second},                      // came later
		{Sent: 89 * second, Acked: 91 * second},                                          // never answered
	})
	want := []Recovery{
		{Harm: harms[0], Hit: 2, Accepted: 2 * second, Answered: 3 * second, Alone: true},
		{Harm: harms[1], Alone: true},
		{Harm: harms[2], Hit: 1, Accepted: 1 * second, Never: 1, Alone: true},
	}
	if !slices.Equal(all, want) {
		t.Errorf("%+v, want %+v", all, want)
	}
	rows := ByKind(all, true)
	if len(rows) != 2 || rows[0].Kind != "kill botworker" || rows[1].Kind != "pause" || rows[0].Harms != 2 || rows[0].Hit != 2 || len(rows[0].Answered) != 1 {
		t.Errorf("%+v", rows)
	}
}

// Figures of overlapping harms would count the worse one twice.
func TestAFaultThatOverlapsAnotherIsNotCountedAlone(t *testing.T) {
	harms := []history.Harm{
		{At: 10 * second, Until: 11 * second, Kind: "kill", Target: "gateway-1"},
		{At: 14 * second, Until: 15 * second, Kind: "kill", Target: "gateway-2"}, // affected by the one before it
		{At: 60 * second, Until: 61 * second, Kind: "kill", Target: "gateway-1"},
	}
	all := Of(harms, nil)
	if all[0].Alone != true || all[1].Alone || !all[2].Alone {
		t.Errorf("%+v", all)
	}
	rows := ByKind(Of(harms, []Wait{{Sent: 14 * second, Acked: 15 * second, Dealt: 15 * second}, {Sent: 60 * second, Acked: 62 * second, Dealt: 62 * second}}), true)
	if len(rows) != 1 || rows[0].Harms != 3 || rows[0].Alone != 2 || len(rows[0].Answered) != 1 || rows[0].Answered[0] != 2*second {
		t.Errorf("%+v", rows)
	}
}
