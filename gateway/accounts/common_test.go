package accounts

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestTheListOfCommonPasswordsCanBeSearched(t *testing.T) {
	t.Parallel()
	list := common()
	if len(list) < 10_000 || !slices.IsSorted(list) {
		t.Errorf("%d lines, in order: %v; want more than 10,000 in order", len(list), slices.IsSorted(list))
	}
	for _, p := range list {
		if p != plainPassword(p) {
			t.Errorf("%q can't be found", p)
		}
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	words := []string{"ann.lee", "Ann Lee", "chat.example.org", "parley"}
	for _, p := range []string{
		"1234567890", "Password123", "Dragon2026!", "123456monkey", "12345 Iloveyou", "QWERTYUIOP", "qwerty uiop", "p a s s w o r d 1 2 3", "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10",
		"aaaaaaaaaaaa", "abababababab", "Parley2026!", "parley-parley-parley", "chat.example.org", "Example2026", "ann.lee2026", "AnnLee-AnnLee", "lee-ann-1234",
	} {
		wantCode(t, p, checkNew(p, words...), codes.BadPassword)
	}
	for _, p := range []string{
		"correct horse battery", "parley opens at eight", "Anna's savannah trip", "k7mq-3xha-9d2v-pp4t-0zzy", "пароль для чата", "三四個沒有關係的單字很好用", "an example of long words",
	} {
		if err := checkNew(p, words...); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// The pages say the rules and check those that they can: web/test/password.test.js reads the
// same table, so that no page shows a rule as met that the server then finds broken.
func TestARefusalNamesTheRuleThatThePasswordBreaks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/passwords.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Password, Rule string }
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		err := checkNew(c.Password, "ann.lee", "Ann Lee", "chat.example.org", "parley")
		var broken *PasswordError
		if errors.As(err, &broken); broken == nil && (c.Rule != "" || err != nil) || broken != nil && broken.Rule != c.Rule {
			t.Errorf("%q: %+v, want the rule %q", c.Password, err, c.Rule)
		}
	}
}

// Whatever else is wrong with an account, the refusal still says which rule.
func TestTheRuleReachesWhoeverAsked(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "ann.lee", Answer)
	for what, err := range map[string]error{
		"a new account":        a.Create(t.Context(), New{User: "ann2", Name: "Ann Lee", Role: Answer, Password: "Ann Lee 2026"}),
		"a reset":              a.Update(t.Context(), "ann.lee", Patch{Password: ptr("ann.lee-2026")}),
		"a reset, by the name": a.Update(t.Context(), "ann.lee", Patch{Password: ptr("name-ann.lee-1")}),
	} {
		var broken *PasswordError
		if errors.As(err, &broken); broken == nil || broken.Rule != RuleName {
			t.Errorf("%s: %v, want the rule %q", what, err, RuleName)
		}
	}
}

// Each way to a password of one's own, and of others.
func TestNoWayLeadsToAWeakPassword(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	for _, weak := range []string{"password123", "grace-2026", "Parley 12345"} {
		wantCode(t, "create with "+weak, a.Create(t.Context(), New{User: "grace2", Name: "Grace", Role: Answer, Password: weak}), codes.BadPassword)
		wantCode(t, "update to "+weak, a.Update(t.Context(), "grace", Patch{Password: &weak}), codes.BadPassword)
		_, err := a.ChangePassword(t.Context(), signIn(t, a, "grace", password), password, weak)
		wantCode(t, "change to "+weak, err, codes.BadPassword)
	}
}

// What was set before passwords were checked still lets its owner in, who then can change
// it for a good one.
func TestAWeakPasswordFromBeforeStillWorks(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	hash, err := a.hasher.hash(t.Context(), "password123")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.make(t.Context(), account{User: "old", Name: "Old", Role: Answer, Hash: hash}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ChangePassword(t.Context(), signIn(t, a, "old", "password123"), "password123", strings.Repeat("good ", 2)+"words"); err != nil {
		t.Error(err)
	}
}
