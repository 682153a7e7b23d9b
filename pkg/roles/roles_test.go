package roles_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestEveryRowOfTheTableIsFilledIn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	once := func(kind, name string) {
		t.Helper()
		if name == "" || seen[kind+name] {
			t.Errorf("the %s %q is empty or stands twice in the table", kind, name)
		}
		seen[kind+name] = true
	}
	for _, r := range roles.All() {
		once("name", r.Name)
		once("service", r.Service)
		once("singular", r.One)
		once("plural", r.Many)
		once("loss", r.Lost)
		once("loss here", r.LostHere)
		if r.Needs == "" {
			t.Errorf("the help can't say what %s needs", r.Name)
		}
		for _, w := range r.Work {
			once("work", w.Key)
			once("workers", w.Workers)
			once("one that waits", w.Waits[0])
			once("many that wait", w.Waits[1])
			if w.Name == "" {
				t.Errorf("%s: the work %s names no consumer", r.Name, w.Key)
			}
			if found, ok := roles.WithConsumer(w.Name); !ok || found.Name != r.Name {
				t.Errorf("the consumer %s is of %s, and %q was found", w.Name, r.Name, found.Name)
			}
		}
	}
}

func TestCallsAreNamedAfterTheServiceThatAnswers(t *testing.T) {
	t.Parallel()
	for service, calls := range map[string][]string{
		roles.Historyworker.Service: {
			roles.HistoryPage.Name, roles.HistoryPageInternal.Name, roles.HistoryFind.Name, roles.HistoryChats.Name, bus.StoredState.Name,
		},
		roles.Escalation.Service: {
			roles.DeskTake.Name, roles.DeskSay.Name, roles.DeskNote.Name, roles.DeskReturn.Name, roles.DeskTransfer.Name, roles.DeskClose.Name,
		},
	} {
		for _, call := range calls {
			if !strings.HasPrefix(call, service+".") {
				t.Errorf("%s is not a call of the service %s", call, service)
			}
		}
	}
}
