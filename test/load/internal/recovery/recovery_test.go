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

func TestAWaitEndsWithTheReplyThatCoversIt(t *testing.T) {
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

func TestAMessageForAPersonDoesNotWaitForAReply(t *testing.T) {
	waits := Waits([]history.Entry{
		send(1*second, "a"), ack(2*second, "a", 10),
		told(3*second, history.Event{Seq: 11, Kind: "state", Status: "waiting", Through: 9}),
	})
	if waits[0].Dealt != 3*second {
		t.Errorf("%+v", waits)
	}
}

func TestARecoveryLastsAsLongAsTheLastOfThoseThatItHit(t *testing.T) {
	harms := []history.Harm{{At: 10 * second, Kind: "kill"}, {At: 50 * second, Kind: "kill"}, {At: 90 * second, Kind: "pause"}}
	all := Of(harms, []Wait{
		{Sent: 1 * second, Acked: 2 * second, Dealt: 3 * second},                         // was over
		{Sent: 9 * second, Acked: 9 * second, Dealt: 13 * second},                        // waited
		{Sent: 10*second + 500*time.Millisecond, Acked: 12 * second, Dealt: 12 * second}, // met it
		{Sent: 12 * second, Acked: 30 * second, Dealt: 40 * second},                      // came later
		{Sent: 89 * second, Acked: 91 * second},                                          // never
	})
	want := []Recovery{
		{Harm: harms[0], Hit: 2, Accepted: 2 * second, Answered: 3 * second},
		{Harm: harms[1]},
		{Harm: harms[2], Hit: 1, Accepted: 1 * second, Never: 1},
	}
	if !slices.Equal(all[:2], want[:2]) || all[2].Never != 1 || all[2].Hit != 1 {
		t.Errorf("%+v, want %+v", all, want)
	}
	rows := ByKind(all)
	if len(rows) != 2 || rows[0].Kind != "kill" || rows[0].Harms != 2 || rows[0].Hit != 2 || len(rows[0].Answered) != 1 {
		t.Errorf("%+v", rows)
	}
}
