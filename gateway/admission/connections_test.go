package admission

import (
	"fmt"
	"testing"

	"github.com/parley-chat/parley/pkg/codes"
)

// One account can't take the consoles of all agents, and gets those back that it closes.
func TestAnAccountHasNotAllConsoles(t *testing.T) {
	c := newConsoles()
	var leave func()
	for range maxAccountConsoles {
		leaves, no := c.enter("grace")
		if no != nil {
			t.Fatal(no)
		}
		leave = leaves
	}
	if _, no := c.enter("grace"); no == nil || no.Code != codes.RateLimited || no.Retry <= 0 {
		t.Errorf("one too many of an account: %v", no)
	}
	if _, no := c.enter("ada"); no != nil {
		t.Errorf("another account: %v", no)
	}
	leave()
	leave() // counts once
	if _, no := c.enter("grace"); no != nil {
		t.Errorf("after one was closed: %v", no)
	}
	for i := 0; c.count() < maxConsoles; i++ {
		if _, no := c.enter(fmt.Sprint("agent ", i)); no != nil {
			t.Fatal(no)
		}
	}
	if _, no := c.enter("one more"); no == nil || no.Code != codes.Unavailable {
		t.Errorf("one too many in all: %v", no)
	}
}
