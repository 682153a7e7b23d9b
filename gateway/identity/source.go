package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/chat"
)

// sourceBytes is the length of one level of a source: short, because a source travels
// with every message. At 48 bits, two of a million addresses share one by chance once in
// six hundred installations, and nobody can choose that.
const sourceBytes = 6

// Source returns what stands for an address in events: a keyed hash of its block and of
// each network above it (see limit.AddressLevels and chat.SourceLevels), the same at every
// gateway. Without the installation's key it can't be turned back into the address. It is
// empty if the address is not known.
func (d *Directory) Source(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	var levels []string
	for _, level := range limit.AddressLevels(addr) {
		mac := hmac.New(sha256.New, d.source)
		mac.Write(level.Key.Addr().AsSlice())
		mac.Write([]byte{byte(level.Key.Bits())}) // a /56 is not its first /64
		levels = append(levels, hex.EncodeToString(mac.Sum(nil)[:sourceBytes]))
	}
	return chat.JoinSource(levels...)
}
