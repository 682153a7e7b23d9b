package accounts

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/merge"
)

// region has accounts of its own, and hears of those of another region when a test says so: all
// else is a cut.
type region struct {
	*Accounts
	t     *testing.T
	clock *clock
	heard int
}

// twoRegions returns two with one key of sessions.
func twoRegions(t *testing.T) (eu, ap *region) {
	t.Helper()
	var made []*region
	var key json.RawMessage
	for _, name := range []chat.Region{"eu", "ap"} {
		conn := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", Region: name, Log: zerolog.Nop()})
		settings, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.SettingsBucket)
		if err == nil && key != nil {
			_, err = settings.Create(t.Context(), settingsKey, key)
		}
		if err != nil {
			t.Fatal(err)
		}
		r := &region{t: t}
		r.Accounts, r.clock = open(t, conn)
		r.regions = true
		if key, _, err = settings.Get(t.Context(), settingsKey); err != nil {
			t.Fatal(err)
		}
		made = append(made, r)
	}
	return made[0], made[1]
}

// hear merges all that the other region has, as a gateway does that begins to follow it.
func (r *region) hear(other *region) {
	r.t.Helper()
	r.heard++
	mark := fmt.Sprintf("heard-%s-%d", r.conn.Region(), r.heard)
	settings, err := bus.OpenBucket[json.RawMessage](r.t.Context(), other.conn, bus.SettingsBucket)
	if err == nil {
		err = settings.Put(r.t.Context(), mark, json.RawMessage(`{}`))
	}
	if err == nil {
		err = merge.Follower{Own: r.conn, Now: r.now, Log: zerolog.Nop()}.Begin(r.t.Context(), other.conn, mark)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// meet has both hear of each other.
func meet(eu, ap *region) {
	eu.t.Helper()
	for range 2 {
		eu.hear(ap)
		ap.hear(eu)
	}
}

func (r *region) update(user string, p Patch) {
	r.t.Helper()
	if err := r.Update(r.t.Context(), user, p); err != nil {
		r.t.Fatal(err)
	}
}

func (r *region) signedIn(agent Agent) bool {
	r.t.Helper()
	_, err := r.Authenticate(withCookie(r.t, r.Accounts, agent))
	return err == nil
}

func (r *region) refuses(what, user, password string) {
	r.t.Helper()
	_, err := r.SignIn(r.t.Context(), user, password)
	wantCode(r.t, what, err, codes.BadLogin)
}

const stolen, secure = "the thief's password 1", "a password for good 2"

// A password that was replaced because it leaked stays replaced, whatever else raised the account's
// version in another region meanwhile, and so do the sessions that it began.
func TestAReplacedPasswordDoesNotComeBack(t *testing.T) {
	eu, ap := twoRegions(t)
	create(t, eu.Accounts, "ann", Answer)
	meet(eu, ap)
	eu.update("ann", Patch{Password: ptr(secure)})
	ap.update("ann", Patch{Disabled: ptr(true)})
	ap.update("ann", Patch{Disabled: ptr(false)})
	thief := signIn(t, ap.Accounts, "ann", password)
	known, _ := ap.Browser(with(ap.KnownCookie(with(), thief, false)), "ann")
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		r.refuses("the leaked password", "ann", password)
		if r.signedIn(thief) {
			t.Error("the session that the leaked password began goes on")
		}
		if !r.signedIn(signIn(t, r.Accounts, "ann", secure)) {
			t.Error("the new password begins no session")
		}
		if knows, err := r.Knows(t.Context(), known); knows || err != nil {
			t.Errorf("the thief's browser is known: %v", err)
		}
	}
}

// Of two passwords that were set without knowing of each other none counts, however often a thief
// sets one, and no session of either goes on. An admin's link, or ADMIN_PASSWORD, is the way back in.
func TestOfPasswordsSetOnBothSidesOfACutNoneCounts(t *testing.T) {
	eu, ap := twoRegions(t)
	create(t, eu.Accounts, "ann", Answer)
	meet(eu, ap)
	eu.update("ann", Patch{Password: ptr(secure)})
	owner := signIn(t, eu.Accounts, "ann", secure)
	thief := signIn(t, ap.Accounts, "ann", password)
	for i, was := range []string{password, stolen, stolen + "1"} {
		var err error
		if thief, err = ap.ChangePassword(t.Context(), thief, was, []string{stolen, stolen + "1", stolen}[i]); err != nil {
			t.Fatal(err)
		}
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		r.refuses("the thief's password", "ann", stolen)
		r.refuses("the leaked password", "ann", password)
		r.refuses("the other one", "ann", secure)
		if r.signedIn(thief) || r.signedIn(owner) {
			t.Error("a session goes on")
		}
	}
	link := resetOf(t, ap.Accounts, "ann")
	if _, err := ap.Reset(t.Context(), link.Token, another); err != nil {
		t.Fatal(err)
	}
	meet(eu, ap)
	signIn(t, eu.Accounts, "ann", another)
}

// One link lets one person in, also where two use it on both sides of a cut: then nobody.
func TestOneInviteLetsNoTwoPeopleInOnBothSidesOfACut(t *testing.T) {
	eu, ap := twoRegions(t)
	invite := invited(t, eu.Accounts, "zoe", Admin)
	meet(eu, ap)
	var all []Agent
	for r, password := range map[*region]string{eu: secure, ap: stolen} {
		agent, err := r.Join(t.Context(), invite.Token, "Zoe", password)
		if err != nil || !r.signedIn(agent) {
			t.Fatal(err)
		}
		all = append(all, agent)
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		r.refuses("one of them", "zoe", secure)
		r.refuses("the other", "zoe", stolen)
		if r.signedIn(all[0]) || r.signedIn(all[1]) {
			t.Error("somebody stays signed in")
		}
	}
}

// A new ADMIN_PASSWORD lets in, also where gateways of all regions start with it in a cut.
func TestANewAdminPasswordOfAllRegionsIsOnePassword(t *testing.T) {
	eu, ap := twoRegions(t)
	if _, err := eu.EnsureAdmin(t.Context(), password, nil); err != nil {
		t.Fatal(err)
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		if done, err := r.EnsureAdmin(t.Context(), secure, nil); err != nil || !done.Acted {
			t.Fatalf("%+v, %v", done, err)
		}
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		if agent := signIn(t, r.Accounts, "admin", secure); !r.signedIn(agent) {
			t.Error("and no session")
		}
	}
	// And where they had none any more.
	admin := signIn(t, eu.Accounts, "admin", secure)
	if _, err := eu.ChangePassword(t.Context(), admin, secure, another); err != nil {
		t.Fatal(err)
	}
	ap.update("admin", Patch{Password: ptr(stolen)})
	meet(eu, ap)
	eu.refuses("no password", "admin", another)
	if done, err := ap.EnsureAdmin(t.Context(), "yet another one 3", nil); err != nil || !done.Acted {
		t.Fatalf("%+v, %v", done, err)
	}
	meet(eu, ap)
	signIn(t, eu.Accounts, "admin", "yet another one 3")
}

// A browser that signed in where the account has a newer password is not signed in in a region that
// has not heard of it, and can sign in there with the password that counts there.
func TestWhoIsAheadOfARegionIsAStrangerThere(t *testing.T) {
	eu, ap := twoRegions(t)
	create(t, eu.Accounts, "ann", Answer)
	meet(eu, ap)
	agent, err := eu.ChangePassword(t.Context(), signIn(t, eu.Accounts, "ann", password), password, secure)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ap.Authenticate(withCookie(t, ap.Accounts, agent))
	wantCode(t, "the session of a newer password", err, codes.NotSignedIn)
	b, genuine := ap.Browser(with(eu.KnownCookie(with(), agent, false)), "ann")
	if knows, err := ap.Knows(t.Context(), b); !genuine || knows || err != nil {
		t.Errorf("genuine %v, known %v, %v", genuine, knows, err)
	}
	meet(eu, ap)
	if !ap.signedIn(agent) {
		t.Error("after the cut it is not signed in")
	}
}
