package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const secretA, secretB = "claim:aaaaaaaaaaaaaaaaaaaaaaaa", "claim:bbbbbbbbbbbbbbbbbbbbbbbb"

func directory(t *testing.T, conn *bus.Conn, opts Options) *Directory {
	t.Helper()
	opts.Log = zerolog.Nop()
	b, err := New(t.Context(), conn, opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func admit(t *testing.T, b *Directory, name, token string) Visitor {
	t.Helper()
	v, err := b.Admit(t.Context(), name, token)
	if err != nil {
		t.Fatalf("%q was not admitted: %v", name, err)
	}
	if _, err := chat.ParseID(string(v.Chat)); err != nil {
		t.Fatalf("%q was given the chat %q", name, v.Chat)
	}
	return v
}

func refused(t *testing.T, b *Directory, name, token, code string) {
	t.Helper()
	v, err := b.Admit(t.Context(), name, token)
	var no *bus.Refusal
	if !errors.As(err, &no) || no.Code != code || no.Message == "" || v != (Visitor{}) {
		t.Errorf("%q with %.20q: %+v, %v; want %s", name, token, v, err, code)
	}
}

func TestTheFirstClaimOfANameWins(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	if !ada.Fresh || ada.Name != "Ada" || ada.Token == "" || strings.HasPrefix(ada.Token, "claim:") {
		t.Errorf("the first claim: %+v", ada)
	}
	// The welcome was lost on its way: the same secret opens the same chat.
	again := admit(t, b, "Ada", secretA)
	if again.Fresh || again.Chat != ada.Chat || again.Token != ada.Token {
		t.Errorf("the same secret: %+v, want %+v", again, ada)
	}
	// With the token, the name may be typed in any way; it is shown as before.
	typed := admit(t, b, "ＡＤＡ ", ada.Token)
	if typed.Chat != ada.Chat || typed.Name != "Ada" {
		t.Errorf("typed otherwise: %+v", typed)
	}
	refused(t, b, "ada", secretB, codes.NameTaken)
	refused(t, b, "Ada", "", codes.NameTaken)
	bob := admit(t, b, "Bob", "")
	refused(t, b, "Ada", bob.Token, codes.NameTaken)
	refused(t, b, "Bob", secretA, codes.NameTaken) // a name claimed without a secret is opened by its token only
	if admit(t, b, "Bob", bob.Token).Chat != bob.Chat {
		t.Error("Bob's token opens another chat")
	}
}

func TestATokenOutlivesTheGateway(t *testing.T) {
	server := bustest.Start(t)
	b := directory(t, server.Connect("one"), Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	later := func() time.Time { return time.Now().AddDate(5, 0, 0) }
	if v := admit(t, directory(t, server.Connect("two"), Options{Mode: Claim, Now: later}), "Ada", ada.Token); v.Chat != ada.Chat {
		t.Error("another gateway, five years later, opens another chat")
	}
}

func TestABadTokenIsRefusedAndClaimsNothing(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	parts := strings.Split(ada.Token, ".")
	for what, token := range map[string]string{
		"short claim":      "claim:abc",
		"long claim":       "claim:" + strings.Repeat("a", 65),
		"claim with space": "claim:aaaaaaaaaaaaaaaaaaaaaaa ",
		"claim, newline":   secretA + "\n",
		"empty claim":      "claim:",
		"no JWT":           "hello",
		"NUL":              "\x00",
		"dots":             "..",
		"no signature":     parts[0] + "." + parts[1] + ".",
		"cut":              ada.Token[:len(ada.Token)-2],
		"alg none":         "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + ".",
		"padded":           ada.Token + "==",
		"huge":             strings.Repeat("a", 60000),
		"other key":        forge(t, "HS256", []byte(strings.Repeat("k", 32)), map[string]any{"aud": audience, "sub": "x", "chat": ada.Chat}, nil),
		"other audience":   forge(t, "HS256", b.own, map[string]any{"aud": "other", "sub": "x", "chat": ada.Chat}, nil),
		"no chat":          forge(t, "HS256", b.own, map[string]any{"aud": audience, "sub": "x"}, nil),
		"crit":             forge(t, "HS256", b.own, map[string]any{"aud": audience, "sub": "x", "chat": ada.Chat}, map[string]any{"crit": []string{"exp"}}),
	} {
		t.Run(what, func(t *testing.T) {
			refused(t, b, "Ada", token, codes.BadToken)
			refused(t, b, "Nobody", token, codes.BadToken)
		})
	}
	if !admit(t, b, "Nobody", secretB).Fresh {
		t.Error("a bad token claimed the name")
	}
	refused(t, b, "\u202EAda", secretA, codes.BadName)
}

func TestATokenForAChatThatTheNameNoLongerHasIsRefused(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	_, key, _ := CleanName("Ada")
	if err := b.visitors.(*bus.Bucket[record]).Delete(t.Context(), key); err != nil { // erased
		t.Fatal(err)
	}
	if heir := admit(t, b, "Ada", secretB); !heir.Fresh || heir.Chat == ada.Chat {
		t.Errorf("the erased name: %+v", heir)
	}
	refused(t, b, "Ada", ada.Token, codes.NameTaken)
}

func TestOfManyFirstClaimsOnTwoGatewaysOneWins(t *testing.T) {
	server := bustest.Start(t)
	directories := []*Directory{directory(t, server.Connect("one"), Options{Mode: Claim}), directory(t, server.Connect("two"), Options{Mode: Claim})}
	for round := range 10 {
		var mu sync.Mutex
		var won []Visitor
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				v, err := directories[i%2].Admit(context.Background(), fmt.Sprint("Ada ", round), fmt.Sprintf("claim:%024d", i))
				var no *bus.Refusal
				if err != nil && (!errors.As(err, &no) || no.Code != codes.NameTaken) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					won = append(won, v)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 || !won[0].Fresh {
			t.Fatalf("won: %+v, want one", won)
		}
	}
}

func TestOneVisitorsTabsOnTwoGatewaysShareAChat(t *testing.T) {
	server := bustest.Start(t)
	directories := []*Directory{directory(t, server.Connect("one"), Options{Mode: Claim}), directory(t, server.Connect("two"), Options{Mode: Claim})}
	got := make([]Visitor, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			v, err := directories[i%2].Admit(context.Background(), "Ada", secretA)
			if err != nil {
				t.Error(err)
			}
			got[i] = v
		})
	}
	wg.Wait()
	fresh := 0
	for _, v := range got {
		if v.Fresh {
			fresh++
		}
		if v.Chat != got[0].Chat || v.Token != got[0].Token {
			t.Errorf("%+v and %+v", v, got[0])
		}
	}
	if fresh != 1 {
		t.Errorf("%d fresh claims, want 1", fresh)
	}
}

func TestInOpenModeANameIsEnoughAndProvesNothing(t *testing.T) {
	server := bustest.Start(t)
	b := directory(t, server.Connect("open"), Options{Mode: Open})
	ada := admit(t, b, "Ada", "")
	if !ada.Fresh || ada.Token != "" {
		t.Errorf("first: %+v", ada)
	}
	if v := admit(t, b, "ADA", "whatever"); v.Chat != ada.Chat || v.Fresh || v.Name != "Ada" {
		t.Errorf("second: %+v", v)
	}
	refused(t, b, "", "", codes.BadName)
	// After a change to claim nobody can prove that the name was theirs.
	claim := directory(t, server.Connect("claim"), Options{Mode: Claim})
	refused(t, claim, "Ada", secretA, codes.NameTaken)
	refused(t, claim, "Ada", "", codes.NameTaken)
}

func TestWithoutNATSAHelloIsUnavailableNotRefused(t *testing.T) {
	conn := bustest.Conn(t)
	b := directory(t, conn, Options{Mode: Claim})
	conn.Close()
	_, err := b.Admit(t.Context(), "Ada", secretA)
	var no *bus.Refusal
	if !errors.Is(err, bus.ErrUnavailable) || errors.As(err, &no) {
		t.Errorf("got %v, want unavailable", err)
	}
}

func TestOptionsThatCannotWorkAreRefusedAtStart(t *testing.T) {
	conn := bustest.Conn(t)
	for what, opts := range map[string]Options{
		"short key":                {Mode: Claim, TokenKey: []byte("short")},
		"signed with a short key":  {Mode: Signed, TokenKey: []byte(strings.Repeat("k", 31))},
		"signed without a key":     {Mode: Signed},
		"a mode that there is not": {Mode: "closed"},
	} {
		if _, err := New(t.Context(), conn, opts); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}
