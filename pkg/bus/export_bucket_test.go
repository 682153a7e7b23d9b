package bus

import "context"

// RemoveBucket removes a bucket with all that it holds, as an operator might.
func (c *Conn) RemoveBucket(ctx context.Context, name string) error {
	return c.js.DeleteKeyValue(ctx, name)
}
