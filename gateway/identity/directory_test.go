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

func TestANameIsNoKeyAndABrowserHasItsOwnChat(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	maria := admit(t, b, "Maria", secretA)
	if maria.Fresh || !maria.Asked || maria.Name != "Maria" || maria.Token == "" || strings.HasPrefix(maria.Token, "claim:") {
		t.Errorf("the first hello: %+v", maria)
	}
	other := admit(t, b, "maria", secretB)
	stranger := admit(t, b, "Maria", "")
	if other.Chat == maria.Chat || stranger.Chat == maria.Chat || other.Chat == stranger.Chat || other.Name != "maria" || !stranger.Fresh {
		t.Errorf("three Marias: %+v, %+v, %+v", maria, other, stranger)
	}
	// The welcome was lost on its way: the same secret opens the same chat.
	if again := admit(t, b, "Maria", secretA); again.Chat != maria.Chat {
		t.Errorf("the same secret: %+v, want %+v", again, maria)
	}
	// With the token, the name may be typed in any way; it is shown as before.
	if typed := admit(t, b, "ＭＡＲＩＡ ", maria.Token); typed.Chat != maria.Chat || typed.Name != "Maria" || typed.Asked {
		t.Errorf("typed otherwise: %+v", typed)
	}
	// The same browser under another name has another chat, and its secret opens both.
	ada := admit(t, b, "Ada", secretA)
	if ada.Chat == maria.Chat || admit(t, b, "Ada", secretA).Chat != ada.Chat {
		t.Errorf("another name of one browser: %+v", ada)
	}
	refused(t, b, "Ada", maria.Token, codes.BadToken)
	if admit(t, b, "Maria", stranger.Token).Chat != stranger.Chat {
		t.Error("the token of a hello without a secret opens another chat")
	}
}

func TestTwoThousandHellosRecordNothing(t *testing.T) {
	conn := bustest.Conn(t)
	b := directory(t, conn, Options{Mode: Claim})
	for i := range 2000 {
		token := ""
		if i%2 == 0 {
			token = fmt.Sprintf("claim:%024d", i)
		}
		v := admit(t, b, fmt.Sprint("Stranger ", i), token)
		admit(t, b, v.Name, v.Token)
	}
	for _, bucket := range []string{bus.VisitorsBucket, bus.RevokedBucket} {
		if n := entries(t, conn, bucket); n != 0 {
			t.Errorf("the bucket %s holds %d records", bucket, n)
		}
	}
}

// entries returns how many values a bucket holds.
func entries(t *testing.T, conn *bus.Conn, name string) (n int) {
	t.Helper()
	b, err := bus.OpenBucket[map[string]any](t.Context(), conn, name)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), bustest.Patience)
	defer stop()
	err = b.Watch(ctx, func(e bus.Entry[map[string]any]) {
		if e.Current {
			stop()
		} else if !e.Gone {
			n++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestATokenOutlivesTheGatewayAndLapsesWhenItIsNotUsed(t *testing.T) {
	server := bustest.Start(t)
	c := &clock{time.Now()}
	one := directory(t, server.Connect("one"), Options{Mode: Claim, Now: c.now})
	two := directory(t, server.Connect("two"), Options{Mode: Claim, Now: c.now})
	first := admit(t, one, "Ada", secretA)
	c.Time = c.Add(23 * time.Hour)
	if v := admit(t, two, "Ada", first.Token); v.Chat != first.Chat || v.Token != first.Token {
		t.Errorf("on the first day: %+v, want %+v", v, first)
	}
	c.Time = c.Add(2 * time.Hour)
	renewed := admit(t, two, "Ada", first.Token)
	if renewed.Chat != first.Chat || renewed.Token == first.Token {
		t.Errorf("on the second day the token is not renewed: %+v", renewed)
	}
	// A tab that still has the old token is not disturbed, and neither is the other one.
	if v := admit(t, one, "Ada", first.Token); v.Chat != first.Chat {
		t.Errorf("the other tab: %+v", v)
	}
	c.Time = c.Add(claimTime - 2*time.Hour)
	refused(t, one, "Ada", first.Token, codes.BadToken) // nobody used it for too long
	last := admit(t, one, "Ada", renewed.Token)
	if last.Chat != first.Chat || last.Token == renewed.Token {
		t.Errorf("a year later: %+v", last)
	}
	c.Time = c.Add(claimTime + time.Minute)
	refused(t, one, "Ada", last.Token, codes.BadToken)
}

func TestABadTokenIsRefused(t *testing.T) {
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
		"another name":     admit(t, b, "Bob", secretA).Token,
	} {
		t.Run(what, func(t *testing.T) {
			refused(t, b, "Ada", token, codes.BadToken)
			refused(t, b, "Nobody", token, codes.BadToken)
		})
	}
	refused(t, b, "\u202E\u0000", secretA, codes.BadName)
}

func TestNewVisitorsAreAskedForAndKnownOnesAreNot(t *testing.T) {
	conn := bustest.Conn(t)
	full, asked := true, 0
	b := directory(t, conn, Options{Mode: Claim, MayMake: func(context.Context) error {
		asked++
		if full {
			return bus.Refuse(codes.Unavailable)
		}
		return nil
	}})
	refused(t, b, "Ada", secretA, codes.Unavailable)
	refused(t, b, "Ada", "", codes.Unavailable)
	full = false
	ada := admit(t, b, "Ada", secretA)
	full, asked = true, 0
	refused(t, b, "Ada", secretA, codes.Unavailable) // nothing was said yet
	if _, err := conn.AppendIn(t.Context(), chat.Event{Chat: ada.Chat, Kind: chat.Message, ID: "m", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "hello"}, nil); err != nil {
		t.Fatal(err)
	}
	if v := admit(t, b, "Ada", secretA); v.Chat != ada.Chat || v.Asked {
		t.Errorf("a visitor who was there before, with the secret: %+v", v)
	}
	asked = 0
	if v := admit(t, b, "Ada", ada.Token); v.Asked || asked > 0 {
		t.Errorf("with the token: %+v, asked %d times", v, asked)
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
	for _, v := range got {
		if v.Chat != got[0].Chat {
			t.Errorf("%+v and %+v", v, got[0])
		}
	}
}

// Whatever comes as a token is refused with a sentence, or opens a chat that is its
// own.
func FuzzClaimToken(f *testing.F) {
	server := bustest.Start(f)
	b, err := New(f.Context(), server.Connect("fuzz"), Options{Mode: Claim, Log: zerolog.Nop()})
	if err != nil {
		f.Fatal(err)
	}
	ada, err := b.Admit(f.Context(), "Ada", secretA)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", secretB, "claim:", ada.Token + ".", ada.Token[:40], "..", "\xff", "eyJhbGciOiJub25lIn0.e30."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		v, err := b.Admit(t.Context(), "Ada", token)
		if err != nil {
			if !isRefusal(err, codes.BadToken) {
				t.Fatalf("%q: %v", token, err)
			}
			return
		}
		if v.Chat == ada.Chat && token != ada.Token && token != secretA {
			t.Fatalf("%q opens Ada's chat", token)
		}
	})
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
	// After a change to claim nobody can prove that the chat was theirs.
	claim := directory(t, server.Connect("claim"), Options{Mode: Claim})
	for _, token := range []string{secretA, ""} {
		if v := admit(t, claim, "Ada", token); v.Chat == ada.Chat {
			t.Error("a chat of mode open is opened by whoever comes first")
		}
	}
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
