package main

import (
	"context"
	"errors"
	"fmt"
)

// grow gives every claim the size that the overlay says, and then the StatefulSets. The
// pods run on; NATS' are restarted one at a time if what it may fill changes.
func (c *cluster) grow(ctx context.Context) error {
	want, err := c.wanted(ctx)
	if err != nil {
		return err
	}
	// First all that can be known to go wrong.
	type step struct {
		claim claim
		size  string
		class class
	}
	var steps []step
	for _, s := range want {
		for _, template := range s.Spec.Claims {
			for i := range s.replicas() {
				is, found, err := get[claim](ctx, c, "persistentvolumeclaim", s.claimOf(template, i))
				if err != nil {
					return err
				}
				if !found {
					continue // made with its pod
				}
				todo, err := compare(is, template)
				if err != nil {
					return err
				}
				if todo == otherClass {
					return fmt.Errorf("%s is of the class %s, and storage.yaml says %s: move %s first", is.Metadata.Name, is.Spec.Class, template.Spec.Class, s.Metadata.Name)
				}
				if todo == nothing {
					continue
				}
				of, found, err := get[class](ctx, c, "storageclass", is.Spec.Class)
				if err != nil {
					return err
				}
				if !found || !of.Expands {
					return fmt.Errorf("the class %s does not let volumes grow (allowVolumeExpansion): move %s to one that does", is.Spec.Class, s.Metadata.Name)
				}
				steps = append(steps, step{is, template.Spec.Resources.Requests.Storage, of})
			}
		}
	}
	for _, s := range steps {
		if err := c.enlarge(ctx, s.claim, s.size, s.class); err != nil {
			return err
		}
	}
	if err := c.apply(ctx, want); err != nil {
		return err
	}
	for _, s := range want {
		if err := c.ready(ctx, s.Metadata.Name); err != nil {
			return err
		}
	}
	c.say("%d volumes have grown", len(steps))
	return nil
}

// enlarge asks for more and waits for it. Nobody enlarges a disk that somebody mounted by
// hand: whoever calls this has done that, and here it is written down.
func (c *cluster) enlarge(ctx context.Context, is claim, size string, of class) error {
	name := is.Metadata.Name
	if is.Spec.Volume == "" {
		return fmt.Errorf("%s has no volume yet", name)
	}
	if _, err := c.do(ctx, "patch", "persistentvolumeclaim", name, "--patch", fmt.Sprintf(`{"spec":{"resources":{"requests":{"storage":%q}}}}`, size)); err != nil {
		return err
	}
	if of.byHand() {
		if err := c.write(ctx, is, size); err != nil {
			return err
		}
	}
	asked, err := bytes(size)
	if err != nil {
		return err
	}
	err = c.until(ctx, name+" grows to "+size+" (kubectl describe pvc "+name+" says what it waits for)", func() (bool, error) {
		now, found, err := get[claim](ctx, c, "persistentvolumeclaim", name)
		if err != nil || !found {
			return false, errors.Join(err, errors.New("it is not there"))
		}
		has, err := bytes(now.Status.Capacity.Storage)
		return err == nil && has >= asked, err
	})
	if err == nil {
		c.say("%s has %s", name, size)
	}
	return err
}

// write has Kubernetes know of a disk that people have enlarged.
func (c *cluster) write(ctx context.Context, is claim, size string) error {
	v, found, err := get[volume](ctx, c, "persistentvolume", is.Spec.Volume)
	if err != nil || !found {
		return errors.Join(err, fmt.Errorf("there is no volume %s", is.Spec.Volume))
	}
	has, err := bytes(v.Spec.Capacity.Storage)
	if err != nil {
		return err
	}
	asked, err := bytes(size)
	if err != nil {
		return err
	}
	if has >= asked {
		size = v.Spec.Capacity.Storage // it was larger all the time
	}
	capacity := fmt.Sprintf(`{"capacity":{"storage":%q}}`, size)
	if _, err := c.do(ctx, "patch", "persistentvolume", is.Spec.Volume, "--patch", `{"spec":`+capacity+`}`); err != nil {
		return err
	}
	_, err = c.do(ctx, "patch", "persistentvolumeclaim", is.Metadata.Name, "--subresource", "status", "--patch", `{"status":`+capacity+`}`)
	return err
}
