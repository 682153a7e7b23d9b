package accounts

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// Other applications of the host don't get the cookies, and a second Parley below another
// path does not sign out the agents of the first.
func TestBelowABasePathCookiesAreForThatPath(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	a.base = "/chat"
	for _, c := range []struct {
		host bool
		name string
	}{{false, "parley_agent"}, {true, "__Secure-parley_agent"}} {
		a.hostCookie = c.host
		agent := signIn(t, a, "grace", password)
		cookie, err := a.Cookie(agent, false)
		if err != nil {
			t.Fatal(err)
		}
		all := append(a.NoCookies(false), cookie, a.KnownCookie(with(), agent, false))
		for _, each := range all {
			if each.Path != "/chat" || each.Secure != c.host || strings.HasPrefix(each.Name, "__Host-") {
				t.Errorf("the cookie %v", each)
			}
		}
		if cookie.Name != c.name {
			t.Errorf("the cookie is called %s", cookie.Name)
		}
		if _, err := a.Authenticate(with(cookie)); err != nil {
			t.Error(err)
		}
	}
}
