package frame

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/rights"
)

// A frame that no role is asked for would be everybody's, or nobody's.
func TestEveryFrameOfAgentsSaysWhoMaySendIt(t *testing.T) {
	for _, k := range Kinds {
		if k.From&Agent != 0 && !slices.Contains(rights.Acts, k.May) {
			t.Errorf("%s is sent by agents, and its row does not say in May what their role has to allow", k.Name)
		}
	}
}
