package bus

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
)

// What the first stream states of its region, where that has a name.
const (
	regionKey = "parley-region"
	// firstKey is where chats are at home whose ids name no region. In two regions that take
	// different ones for it, such a chat would have two logs, and two answers.
	firstKey = "parley-first-region"
	// tokenKey is a print of the key that signs visitors' tokens.
	tokenKey = "parley-token-print"
)

// TokenPrint returns what tells one TOKEN_KEY from another; empty for an empty key. The key
// can't be got back from it.
func TokenPrint(key []byte) string {
	if len(key) == 0 {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("parley token print v1"))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// regionStates returns what the first stream has to state of the region, as far as this process
// knows it.
func (c *Conn) regionStates() map[string]string {
	states := map[string]string{}
	for key, value := range map[string]string{regionKey: string(c.opts.Region), firstKey: string(c.opts.First), tokenKey: c.opts.TokenPrint} {
		if value != "" {
			states[key] = value
		}
	}
	return states
}

// checkRegion refuses the streams of another region, by what they state: a worker would answer
// chats that are not its own, and a gateway would store them where nobody looks for them. Streams
// that state no region are from before this one had a name, which fit has them state.
func (c *Conn) checkRegion(states map[string]string) error {
	if c.opts.afar {
		return c.checkRegionAfar(states)
	}
	stated, want := states[regionKey], string(c.opts.Region)
	switch {
	case stated != "" && want == "":
		return &LayoutError{fmt.Sprintf("REGION: it is not set, and the NATS server is that of the region %s; set REGION=%s.", stated, stated)}
	case stated != "" && stated != want:
		return &LayoutError{fmt.Sprintf("REGION: it is %s, and the NATS server is that of the region %s. Set NATS_URL to the NATS server of %s, or REGION=%s.", want, stated, want, stated)}
	}
	if first, want := states[firstKey], string(c.opts.First); !c.opts.AnyFirst && first != "" && want != "" && first != want {
		return &LayoutError{fmt.Sprintf("REGIONS: it begins with %s, and on this NATS server it began with %s, where chats are at home whose ids name no region. List all regions in the same order everywhere, with %s first.", want, first, first)}
	}
	return nil // the key may be replaced: fit has the streams state the new one
}

// checkRegionAfar is checkRegion for the streams of another region. What they don't state yet,
// their own processes will, and compare it with this region.
func (c *Conn) checkRegionAfar(states map[string]string) error {
	name := c.opts.Region
	switch stated := states[regionKey]; stated {
	case string(name):
	case "":
		return &LayoutError{fmt.Sprintf("REGIONS: the NATS server that it gives for %s states no region; REGION=%s has to be set there.", name, name)}
	default:
		return &LayoutError{fmt.Sprintf("REGIONS: the NATS server that it gives for %s is that of the region %s.", name, stated)}
	}
	if first := states[firstKey]; first != "" && first != string(c.opts.First) {
		return &LayoutError{fmt.Sprintf("REGIONS: it begins with %s here, and with %s in the region %s. List all regions in the same order everywhere.", c.opts.First, first, name)}
	}
	if print := states[tokenKey]; print != "" && c.opts.TokenPrint != "" && print != c.opts.TokenPrint {
		return &LayoutError{fmt.Sprintf("TOKEN_KEY: it is another one in the region %s, so no visitor could go on there with a chat from here, or the reverse. Set the same in every region.", name)}
	}
	return nil
}

// RestateFirst has the streams state Options.First instead of another first region; with
// Options.AnyFirst the connection can be made. Everything else that they state stays: NATS itself
// replaces all metadata of a stream at once. It is only for regions whose chats all have a region in
// their ids.
func (c *Conn) RestateFirst(ctx context.Context) error {
	if c.opts.First == "" {
		return &LayoutError{"REGIONS: it names no other region, so there is no first one to state. Set REGION and REGIONS as the gateways have them."}
	}
	s, err := c.lookForStream(ctx, chatStreamName(0))
	if err != nil {
		return fmt.Errorf("look for stream %s: %w", chatStreamName(0), translate(err))
	}
	cfg := s.CachedInfo().Config
	stated := map[string]string{}
	maps.Copy(stated, cfg.Metadata)
	stated[firstKey] = string(c.opts.First)
	cfg.Metadata = stated
	if _, err := c.js.UpdateStream(ctx, cfg); err != nil {
		return c.makeTrouble("change stream "+cfg.Name, err)
	}
	return nil
}
