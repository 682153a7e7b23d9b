package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// earlierVisitor records a name as earlier versions did, and returns the token that
// these gave out, which never expires.
func earlierVisitor(t *testing.T, b *Directory, name, secret string) (record, string) {
	t.Helper()
	display, key, err := CleanName(name)
	if err != nil {
		t.Fatal(err)
	}
	rec := record{Chat: chat.NewID(), Name: display, Created: time.Now()}
	if secret != "" {
		sum := sha256.Sum256([]byte(strings.TrimPrefix(secret, "claim:")))
		rec.Claim = hex.EncodeToString(sum[:])
	}
	if _, err := b.visitors.Create(t.Context(), key, rec); err != nil {
		t.Fatal(err)
	}
	return rec, forge(t, "HS256", b.own, map[string]any{"aud": audience, "sub": key, "chat": rec.Chat}, nil)
}

func TestABrowserThatClaimedItsNameEarlierKeepsItsChat(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	rec, token := earlierVisitor(t, b, "Ada", secretA)
	bySecret, byToken := admit(t, b, "ADA", secretA), admit(t, b, "ada", token)
	if bySecret.Chat != rec.Chat || byToken.Chat != rec.Chat || bySecret.Name != "Ada" || byToken.Name != "Ada" {
		t.Errorf("by the secret %+v, by the token %+v; want chat %s", bySecret, byToken, rec.Chat)
	}
	if byToken.Token == token {
		t.Error("a token that never expires is not replaced")
	}
	if v := admit(t, b, "Ada", byToken.Token); v.Chat != rec.Chat {
		t.Errorf("with the new token: %+v", v)
	}
	if other := admit(t, b, "Ada", secretB); other.Chat == rec.Chat {
		t.Error("another browser is given the chat")
	}
	// The site's own records, and those of mode open, are no claims.
	open, _ := earlierVisitor(t, b, "Bob", "")
	if v := admit(t, b, "Bob", secretB); v.Chat == open.Chat {
		t.Error("a record without a claim is opened by a secret")
	}
	// A token of a chat that was erased, so that the name has another one.
	refused(t, b, "Ada", forge(t, "HS256", b.own, map[string]any{"aud": audience, "sub": keyFor(t, "Ada"), "chat": chat.NewID()}, nil), codes.BadToken)
}

func keyFor(t *testing.T, name string) string {
	t.Helper()
	_, key, err := CleanName(name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestARevokedChatIsClosedToEveryTokenAndSecret(t *testing.T) {
	server := bustest.Start(t)
	c := &clock{time.Now()}
	one := directory(t, server.Connect("one"), Options{Mode: Claim, Now: c.now})
	two := directory(t, server.Connect("two"), Options{Mode: Claim, Now: c.now})
	ada, bob := admit(t, one, "Ada", secretA), admit(t, one, "Bob", secretA)
	c.Time = c.Add(25 * time.Hour)
	renewed := admit(t, one, "Ada", ada.Token)
	for range 2 { // it may be repeated
		if id, err := one.Revoke(t.Context(), renewed.Token); err != nil && !strings.Contains(err.Error(), "forgotten") || err == nil && id != ada.Chat {
			t.Fatalf("revoked %s, %v", id, err)
		}
	}
	for _, token := range []string{ada.Token, renewed.Token, secretA} {
		refused(t, two, "Ada", token, codes.BadToken)
	}
	if v := admit(t, two, "Bob", bob.Token); v.Chat != bob.Chat {
		t.Errorf("the browser's other chat: %+v", v)
	}
	if next := admit(t, two, "Ada", secretB); next.Chat == ada.Chat {
		t.Error("the next person has the chat")
	}

	rec, token := earlierVisitor(t, one, "Eve", secretA)
	fresh := admit(t, one, "Eve", token)
	if _, err := one.Revoke(t.Context(), fresh.Token); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{token, fresh.Token, secretA} {
		refused(t, two, "Eve", token, codes.BadToken)
	}
	if v := admit(t, two, "Eve", secretB); v.Chat == rec.Chat {
		t.Error("the next person has the earlier chat")
	}
	for _, bad := range []string{"", "hello", secretB, forge(t, "HS256", one.own, map[string]any{"aud": audience, "sub": subjectSpace + "x", "chat": ada.Chat}, nil)} {
		if _, err := one.Revoke(t.Context(), bad); !isRefusal(err, codes.BadToken) {
			t.Errorf("revoking %.20q: %v", bad, err)
		}
	}
	open := directory(t, server.Connect("open"), Options{Mode: Open})
	if _, err := open.Revoke(t.Context(), ada.Token); !isRefusal(err, codes.NotAllowed) {
		t.Errorf("in mode open: %v", err)
	}
}

func isRefusal(err error, code string) bool {
	var no *bus.Refusal
	return errors.As(err, &no) && no.Code == code
}

func TestRevokingAnEmptyChatRecordsNothing(t *testing.T) {
	conn := bustest.Conn(t)
	b := directory(t, conn, Options{Mode: Claim, Written: func(context.Context, chat.ID) (bool, error) { return false, nil }})
	for i := range 20 {
		if _, err := b.Revoke(t.Context(), admit(t, b, fmt.Sprint("Stranger ", i), "").Token); err != nil {
			t.Fatal(err)
		}
	}
	if n := entries(t, conn, bus.RevokedBucket); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// Whoever repeats a revocation, at any gateway, writes nothing: a chat has one record.
func TestAChatIsRevokedOnce(t *testing.T) {
	conn := bustest.Conn(t)
	b := directory(t, conn, Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	revision := func() uint64 {
		_, revision, err := b.revoked.Get(t.Context(), string(ada.Chat))
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	var first uint64
	for i := range 5 {
		if id, err := b.Revoke(t.Context(), ada.Token); err != nil || id != ada.Chat {
			t.Fatalf("revoked %s, %v", id, err)
		}
		if i == 0 {
			first = revision()
		}
	}
	if last := revision(); last != first {
		t.Errorf("the record was written again: revision %d, then %d", first, last)
	}
}
