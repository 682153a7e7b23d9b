package backoff_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
)

// Something is tried until it succeeds or the context ends, with growing pauses.
func ExamplePolicy_Wait() {
	retry := backoff.Policy{Min: time.Millisecond, Max: 10 * time.Millisecond}
	fetch := func(try int) error {
		if try < 3 {
			return errors.New("not yet")
		}
		return nil
	}
	ctx := context.Background()
	for try := 1; ; try++ {
		err := fetch(try)
		fmt.Println(try, err)
		if err == nil || retry.Wait(ctx, try) != nil {
			return
		}
	}
	// Output:
	// 1 not yet
	// 2 not yet
	// 3 <nil>
}
