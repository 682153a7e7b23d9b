package escalation

import (
	"reflect"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// Another replica has assigned the first of the waiting chats meanwhile. What was
// worked out for the others counted on that chat going to another agent.
func TestARefusedAssignmentEndsTheRoundAndCorrectsTheView(t *testing.T) {
	t.Parallel()
	w, id := replicas(t, bustest.Start(t), 1)[0], chat.NewID()
	grace, linus := chat.Agent{User: "grace", Name: "Grace"}, chat.Agent{User: "linus", Name: "Linus"}
	change := func(reason chat.Reason, by chat.Agent) desk.Entry {
		t.Helper()
		e, err := w.change(t.Context(), id, 0, func(view) (transition, error) { return transition{reason: reason, by: by}, nil })
		if err != nil {
			t.Fatal(err)
		}
		entry, _ := desk.EntryOf(id, bus.Snapshot{Out: e.Seq, State: *e.State})
		return entry
	}
	waits := change(chat.Escalated, chat.Agent{})
	w.mirror.List(waits)
	change(chat.Assigned, grace)
	if w.assign(t.Context(), desk.Assignment{Entry: waits, Agent: linus}) {
		t.Error("the round goes on with a view that is stale")
	}
	if list := w.mirror.Entries(); len(list) != 1 || list[0].Holder() != grace.User {
		t.Errorf("the view is still %+v, want the chat with Grace", list)
	}
	// Now the mirror knows of a later state than the one that is read, as from a stale
	// leader: what it shows stays, and the round goes on.
	later := waits
	later.Seq = list0(w).Seq + 5
	w.mirror.List(later)
	if !w.assign(t.Context(), desk.Assignment{Entry: later, Agent: linus}) {
		t.Error("one chat that can't be assigned now holds up the others")
	}
	if got := list0(w); !reflect.DeepEqual(got, later) {
		t.Errorf("the view is %+v, want the later one, %+v", got, later)
	}
}

func list0(w *Worker) desk.Entry { return w.mirror.Entries()[0] }
