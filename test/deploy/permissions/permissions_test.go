package permissions

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

// allowed reports whether a line of a user permits a subject.
func allowed(lines []Line, subject string) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return slices.Contains(l.Subjects, subject) })
}

func TestEveryRoleOfTheTableMayDoItsWork(t *testing.T) {
	for _, r := range roles.All() {
		i := slices.IndexFunc(Users, func(u User) bool { return u.Name == r.Name })
		if i < 0 {
			t.Errorf("the role %s has no NATS user: add one to Users", r.Name)
			continue
		}
		u := Users[i]
		if !u.Answers || !allowed(u.Subscribe, "$SRV.*."+r.Service) {
			t.Errorf("the user %s can't be discovered as the service %s: add listening(%q, %q) to Subscribe, and Answers", u.Name, r.Service, r.Name, r.Service)
		}
		for _, w := range r.Work {
			stream := "CHAT"
			if w.On("TIMERS") {
				stream = "TIMERS"
			}
			if next := "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + w.Name; !allowed(u.Publish, next) {
				t.Errorf("the user %s may not take deliveries of %s: add working(%q, %q) to Publish", u.Name, w.Name, stream, w.Name)
			}
		}
	}
	for _, u := range Users {
		if _, ok := roles.Named(strings.TrimSuffix(u.Name, "-afar")); !ok && u.Name != admin.Name || u.Afar != strings.HasSuffix(u.Name, "-afar") {
			t.Errorf("the user %s is not a role in the table in pkg/roles", u.Name)
		}
	}
}
