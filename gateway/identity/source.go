package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"

	"github.com/parley-chat/parley/gateway/limit"
)

// sourceBytes is the length of a source. At 64 bits, two of a million addresses share
// one by chance once in forty million installations.
const sourceBytes = 8

// Source returns what stands for an address in events: a keyed hash of its block (see
// limit.Block), the same at every gateway. Without the installation's key it can't be
// turned back into the address. It is empty if the address is not known.
func (d *Directory) Source(addr netip.Addr) string {
	block := limit.Block(addr)
	if !block.IsValid() {
		return ""
	}
	mac := hmac.New(sha256.New, d.source)
	mac.Write(block.AsSlice())
	return hex.EncodeToString(mac.Sum(nil)[:sourceBytes])
}
