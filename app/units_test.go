package app

import (
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

// A role of the table that is not wired could not be started.
func TestEveryRoleIsWired(t *testing.T) {
	for _, role := range roles.Every() {
		if wiring[role.Name] == nil {
			t.Errorf("%s is not wired", role.Name)
		}
	}
	if len(wiring) != len(roles.Every()) {
		t.Errorf("%d roles are wired, the table has %d", len(wiring), len(roles.Every()))
	}
}
