package historyworker

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// A page that is taken to fit fits.
func TestNoEventIsLongerThanItsBound(t *testing.T) {
	at := time.Date(2026, 12, 31, 23, 59, 59, 999999999, time.UTC)
	for _, text := range []string{"", "x", "<>&", "\x01\x02", "\u2028", "שלום", "\xff"} {
		long := strings.Repeat(text, 50)
		bare := chat.Event{Chat: chat.NewID(), Kind: chat.Message, Text: long}
		full := chat.Event{
			Chat: chat.NewID(), Seq: math.MaxUint64, At: at, Kind: chat.StateChange, ID: long, Text: long,
			From:  chat.Speaker{Role: chat.RoleSystem, Name: long, User: long},
			Aside: true, Request: chat.RequestKind(long), Score: math.MinInt64, Covers: math.MaxUint64, Reason: chat.Reason(long),
			State: &chat.State{
				Status: chat.Waiting, Agent: &chat.Agent{User: long, Name: long}, AnsweredThrough: math.MaxUint64, RequestsThrough: math.MaxUint64,
				Since: at, Asked: at, Visitor: long, Handover: true, Source: long,
			},
		}
		for _, e := range []chat.Event{bare, full} {
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if bound := boundOf(&e); len(b)+1 > bound {
				t.Errorf("%d bytes of JSON, and the bound is %d: %s", len(b), bound, b)
			}
		}
	}
}
