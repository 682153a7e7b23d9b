package identity

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestATicketIsReadByEachGatewayUntilItEnds(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	conn := bustest.Conn(t)
	d, other := directory(t, conn, Options{Mode: Claim, Now: clock}), directory(t, conn, Options{Mode: Claim, Now: clock})
	stranger := directory(t, conn, Options{Mode: Claim, Now: clock, TokenKey: []byte(strings.Repeat("k", 32))})
	want := Ticket{Chat: chat.NewID(), Internal: true, File: chat.File{ID: strings.Repeat("a", 22), Name: "a.png", Type: "image/png", Size: 7, Hash: "h", Width: 1, Height: 2, Thumb: true}}
	ticket, err := d.SignTicket(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.ReadTicket(ticket); err != nil || got != want {
		t.Errorf("another gateway reads %+v, %v", got, err)
	}
	token := admit(t, d, "Ada", "claim:"+strings.Repeat("s", 22)).Token
	for name, c := range map[string]struct {
		d      *Directory
		ticket string
	}{"another installation's": {stranger, ticket}, "a changed one": {d, ticket[:len(ticket)-2] + "xx"}, "a visitor's token": {d, token}, "none": {d, ""}, "one that is too long": {d, strings.Repeat("x", maxToken+1)}} {
		if _, err := c.d.ReadTicket(c.ticket); !errors.Is(err, ErrBadTicket) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Admit(t.Context(), "Ada", ticket); err == nil {
		t.Error("a ticket opens a chat")
	}
	now = now.Add(TicketTime + time.Second)
	if _, err := d.ReadTicket(ticket); !errors.Is(err, ErrTicketExpired) {
		t.Errorf("after its end: %v", err)
	}
}

func TestAGrantIsTheSameForAnHourAndEndsAfterTwo(t *testing.T) {
	begin := time.Date(2026, 3, 1, 12, 10, 0, 0, time.UTC)
	now := begin
	clock := func() time.Time { return now }
	conn := bustest.Conn(t)
	d, other := directory(t, conn, Options{Mode: Claim, Now: clock}), directory(t, conn, Options{Mode: Claim, Now: clock})
	id := chat.NewID()
	grant, until := d.Grant(id)
	if want := begin.Truncate(time.Hour).Add(2 * time.Hour); !until.Equal(want) {
		t.Errorf("until %v, not %v", until, want)
	}
	end, code, _ := strings.Cut(grant, ".")
	for name, no := range map[string]string{"none": "", "half": end, "its code alone": "." + code, "a later end": end + "0." + code, "changed": grant[:len(grant)-1]} {
		if d.Granted(id, no) {
			t.Errorf("%s is granted", name)
		}
	}
	if d.Granted(chat.NewID(), grant) {
		t.Error("it opens another chat")
	}
	for after, c := range map[time.Duration]struct{ same, good bool }{
		0: {true, true}, 49*time.Minute + 59*time.Second: {true, true}, 51 * time.Minute: {false, true}, 109 * time.Minute: {false, true}, 110 * time.Minute: {false, false}, 24 * time.Hour: {false, false},
	} {
		now = begin.Add(after)
		again, _ := other.Grant(id)
		if same, good := again == grant, other.Granted(id, grant); same != c.same || good != c.good || !other.Granted(id, again) {
			t.Errorf("after %v it is the same: %v, and good: %v", after, same, good)
		}
	}
}

func TestATokenOpensItsChatWithoutAHello(t *testing.T) {
	conn := bustest.Conn(t)
	d := directory(t, conn, Options{Mode: Claim})
	ada := admit(t, d, "Ada", "claim:"+strings.Repeat("s", 22))
	if id, err := d.Opens(t.Context(), ada.Token); err != nil || id != ada.Chat {
		t.Errorf("%s, %v", id, err)
	}
	if err := d.StillOpens(t.Context(), ada.Chat); err != nil {
		t.Error(err)
	}
	refused := func(name string, d *Directory, token string) {
		t.Helper()
		_, err := d.Opens(t.Context(), token)
		if no, ok := errors.AsType[*bus.Refusal](err); !ok || no.Code != codes.BadToken {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("a secret", d, "claim:"+strings.Repeat("s", 22))
	refused("nothing", d, "")
	refused("a token where the site signs", directory(t, conn, Options{Mode: Signed, TokenKey: []byte(strings.Repeat("k", 32))}), ada.Token)
	refused("a token where names are believed", directory(t, conn, Options{Mode: Open}), ada.Token)
	if _, err := d.Revoke(t.Context(), ada.Token); err != nil {
		t.Fatal(err)
	}
	refused("a forgotten browser's", d, ada.Token)
	if err := d.StillOpens(t.Context(), ada.Chat); err == nil {
		t.Error("what was forgotten still opens")
	}
	key := []byte(strings.Repeat("k", 32))
	signed := directory(t, conn, Options{Mode: Signed, TokenKey: key})
	site := admit(t, signed, "", forge(t, "HS256", key, map[string]any{"aud": "parley", "sub": "ada", "exp": time.Now().Add(time.Minute).Unix()}, nil))
	if id, err := signed.Opens(t.Context(), site.Token); err != nil || id != site.Chat {
		t.Errorf("the site's visitor: %s, %v", id, err)
	}
}
