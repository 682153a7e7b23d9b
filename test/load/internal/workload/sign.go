package workload

import (
	"fmt"
	"math/rand/v2"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// signer returns what makes tokens of a visitor's site, which changes its mind about what it
// vouches for; nil if sites sign nothing.
func (w *Workload) signer(name string, number int) func(*rand.Rand) (token, vouched string) {
	if !w.o.Signed {
		return nil
	}
	return func(r *rand.Rand) (token, vouched string) {
		value := fmt.Sprintf("%d of %d", r.IntN(4), number)
		token, err := wire.SiteToken(name, value)
		if err != nil {
			panic(err) // two maps of texts always become JSON
		}
		return token, wire.VouchedFor + "=" + value
	}
}
