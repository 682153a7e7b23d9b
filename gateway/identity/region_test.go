package identity

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A chat is at home where its visitor was met, and stays there wherever the visitor comes
// back: what proves who it is carries the whole id.
func TestAChatIsAtHomeWhereItsVisitorWasMet(t *testing.T) {
	conn := bustest.Conn(t) // the keys are the same in all regions
	eu, ap := directory(t, conn, Options{Mode: Claim, Region: "eu"}), directory(t, conn, Options{Mode: Claim, Region: "ap"})
	nameless := admit(t, directory(t, conn, Options{Mode: Claim}), "Maria", secretA)

	met := admit(t, eu, "Maria", secretA)
	if met.Chat != nameless.Chat+"eu" || nameless.Chat.Home() != "" || met.Chat.Home() != "eu" {
		t.Errorf("met in eu: %s; without regions: %s", met.Chat, nameless.Chat)
	}
	if again := admit(t, ap, "Maria", met.Token); again.Chat != met.Chat {
		t.Errorf("back in ap: %s, not %s", again.Chat, met.Chat)
	}
	if before := admit(t, eu, "Maria", nameless.Token); before.Chat != nameless.Chat {
		t.Errorf("whoever was met before regions had names is in %s, not in %s", before.Chat, nameless.Chat)
	}
	if elsewhere := admit(t, ap, "Maria", secretA); elsewhere.Chat != nameless.Chat+"ap" {
		t.Errorf("not yet welcomed, met in ap: %s", elsewhere.Chat)
	}
	if stranger := admit(t, ap, "Maria", ""); stranger.Chat.Home() != "ap" {
		t.Errorf("without a secret: %s", stranger.Chat)
	}
	for _, d := range []*Directory{directory(t, conn, Options{Mode: Open, Region: "eu"}), directory(t, conn, Options{Mode: Open, Region: "ap"})} {
		if v := admit(t, d, "Ada", ""); v.Chat.Home() != chat.Region("eu") {
			t.Errorf("a record made in eu says %s in %s", v.Chat, d.region)
		}
	}
}
