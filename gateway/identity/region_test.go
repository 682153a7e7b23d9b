package identity

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// A chat is at home where its visitor was met, and stays there wherever the visitor comes
// back: what proves who it is carries the whole id.
func TestAChatIsAtHomeWhereItsVisitorWasMet(t *testing.T) {
	servers := map[chat.Region]*bustest.Server{"eu": bustest.Start(t), "ap": bustest.Start(t)}
	opts := Options{Mode: Claim, TokenKey: []byte("the key of all regions, 32 characters or more")}
	nameless := admit(t, directory(t, servers["eu"].Connect("gateway"), opts), "Maria", secretA) // before regions had names
	in := func(own, other chat.Region, mode Mode) *Directory {
		conn := servers[own].ConnectWith(bus.Options{Name: "gateway", Region: own, Log: zerolog.Nop()})
		regions := bus.NewRegions(conn, "eu", bus.Options{Name: "gateway", Region: other, InProcess: servers[other], Replicas: 1, Log: zerolog.Nop()})
		ended := make(chan struct{})
		go func() { defer close(ended); _ = regions.Run(t.Context()) }()
		t.Cleanup(func() { <-ended })
		here := opts
		here.Mode, here.Regions = mode, regions
		return directory(t, conn, here)
	}
	eu, ap := in("eu", "ap", Claim), in("ap", "eu", Claim)
	for d, elsewhere := range map[*Directory]chat.ID{eu: chat.NewIDAt("ap"), ap: chat.NewIDAt("eu")} {
		bustest.Eventually(t, "the other region", func() bool { _, err := d.regions.Of(elsewhere); return err == nil })
	}

	met := admit(t, eu, "Maria", secretA)
	if met.Chat != nameless.Chat+"eu" || nameless.Chat.Home() != "" || met.Chat.Home() != "eu" {
		t.Errorf("met in eu: %s; without regions: %s", met.Chat, nameless.Chat)
	}
	for _, before := range []Visitor{met, nameless} {
		if again := admit(t, ap, "Maria", before.Token); again.Chat != before.Chat {
			t.Errorf("back in ap: %s, not %s", again.Chat, before.Chat)
		}
	}
	if elsewhere := admit(t, ap, "Maria", secretA); elsewhere.Chat != nameless.Chat+"ap" {
		t.Errorf("not yet welcomed, met in ap: %s", elsewhere.Chat)
	}
	if stranger := admit(t, ap, "Maria", ""); stranger.Chat.Home() != "ap" {
		t.Errorf("without a secret: %s", stranger.Chat)
	}
	if v := admit(t, in("ap", "eu", Open), "Ada", ""); v.Chat.Home() != "ap" {
		t.Errorf("in mode open: %s", v.Chat)
	}

	// What was revoked anywhere is revoked everywhere.
	if _, err := ap.Revoke(t.Context(), met.Token); err != nil {
		t.Fatal(err)
	}
	refused(t, ap, "Maria", met.Token, codes.BadToken)
	refused(t, eu, "Maria", met.Token, codes.BadToken)
	refused(t, eu, "Maria", secretA, codes.BadToken)
	admit(t, ap, "Maria", nameless.Token)
}

// A token of an earlier version, whose records are not the same in all regions, opens its chat in
// each of them.
func TestATokenOfAnEarlierVersionOpensItsChatInAnyRegion(t *testing.T) {
	servers := map[chat.Region]*bustest.Server{"eu": bustest.Start(t), "ap": bustest.Start(t)}
	opts := Options{Mode: Claim, TokenKey: []byte("the key of all regions, 32 characters or more")}
	there, err := bus.OpenBucket[record](t.Context(), servers["eu"].ConnectWith(bus.Options{Name: "gateway", Region: "eu", Log: zerolog.Nop()}), bus.VisitorsBucket)
	if err != nil {
		t.Fatal(err)
	}
	conn := servers["ap"].ConnectWith(bus.Options{Name: "gateway", Region: "ap", Log: zerolog.Nop()})
	opts.Regions = bus.NewRegions(conn, "eu", bus.Options{Name: "gateway", Region: "eu", InProcess: servers["eu"], Replicas: 1, Log: zerolog.Nop()})
	ended := make(chan struct{})
	go func() { defer close(ended); _ = opts.Regions.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
	ap := directory(t, conn, opts)
	id := chat.NewID() // from before regions had names: at home in the first one
	bustest.Eventually(t, "the first region", func() bool { _, err := opts.Regions.Of(id); return err == nil })
	_, key, err := CleanName("Maria")
	if err != nil {
		t.Fatal(err)
	}
	rec := record{Chat: id, Name: "Maria", Claim: "x"}
	if err := there.Put(t.Context(), key, rec); err != nil {
		t.Fatal(err)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, ownClaims{RegisteredClaims: jwt.RegisteredClaims{Subject: key, Audience: jwt.ClaimStrings{audience}}, Chat: id}).SignedString(ap.own)
	if err != nil {
		t.Fatal(err)
	}
	if v := admit(t, ap, "Maria", token); v.Chat != id {
		t.Errorf("it opens %s, not %s", v.Chat, id)
	}
	rec.Revoked = true
	if err := there.Put(t.Context(), key, rec); err != nil {
		t.Fatal(err)
	}
	refused(t, ap, "Maria", token, codes.BadToken)
}
