package merge

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// An invite that was withdrawn here is not brought back by a region that has not heard of it:
// each would take the other's back for ever. Whoever joined there meanwhile has an account.
func TestAWithdrawnInviteDoesNotComeBack(t *testing.T) {
	conn := bustest.Conn(t)
	own, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.AgentsBucket)
	if err != nil {
		t.Fatal(err)
	}
	f, rule := Follower{Own: conn, Log: zerolog.Nop()}, Rules()[0]
	invite, joined := json.RawMessage(`{"user":"zoe","edition":1,"invite":{"hash":"YQ=="}}`), json.RawMessage(`{"user":"zoe","hash":"h","edition":2,"invite":{"hash":"YQ==","used":true}}`)
	there := bus.Entry[json.RawMessage]{Key: "zoe"}
	for i, step := range []struct {
		value json.RawMessage // nil: it was deleted there
		has   bool
	}{{nil, false}, {invite, true}, {nil, false}, {invite, false}, {joined, true}, {nil, true}} {
		there.Value, there.Gone = step.value, step.value == nil
		if err := f.take(t.Context(), own, rule, there); err != nil {
			t.Fatal(err)
		}
		if _, _, err := own.Get(t.Context(), "zoe"); errors.Is(err, bus.ErrNotFound) == step.has {
			t.Errorf("step %d: %v", i, err)
		}
	}
}
