package answer

import (
	"fmt"
	"testing"
)

// However many passages there are, no more than twice the bound are kept, and those that are
// quoted all the time stay.
func TestFewPassagesAreKeptTakenApart(t *testing.T) {
	t.Parallel()
	var c passages
	often := &c.of("It is quoted often. Really.")[0]
	for i := range 5 * maxCuts {
		if got := c.of(fmt.Sprintf("This is passage %d. It has two sentences.", i)); len(got) != 1 || len(got[0].sentences) != 2 {
			t.Fatalf("passage %d has the pieces %v", i, got)
		}
		if i%100 == 0 && &c.of("It is quoted often. Really.")[0] != often {
			t.Fatal("what is quoted often was taken apart again")
		}
	}
	if n := len(c.fresh) + len(c.aged); n > 2*maxCuts {
		t.Errorf("%d passages are kept", n)
	}
}
