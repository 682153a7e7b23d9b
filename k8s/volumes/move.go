package main

import (
	"context"
	"errors"
	"fmt"
)

// copies is how many replicas hold each thing: with fewer, one that starts with an empty
// volume has nobody to copy from while another is away.
const copies = 3

// move gives the replicas of a StatefulSet volumes of the class that the overlay says, one
// after the other. Each starts with an empty volume, copies everything from the others,
// and is ready before the next one's turn. What is done already is skipped, so it can be
// repeated. The old volumes stay.
func (c *cluster) move(ctx context.Context, name string) error {
	all, err := c.wanted(ctx)
	if err != nil {
		return err
	}
	var want stateful
	for _, s := range all {
		if s.Metadata.Name == name {
			want = s
		}
	}
	switch {
	case want.Metadata.Name == "":
		return fmt.Errorf("%s has no StatefulSet %s with volumes", c.overlay, name)
	case len(want.Spec.Claims) != 1:
		return fmt.Errorf("the pods of %s have %d volumes each: this moves one", name, len(want.Spec.Claims))
	case want.replicas() < copies:
		return fmt.Errorf("%s has %d replicas: with fewer than %d nobody has a copy of everything while one begins anew. Back up, and restore on new volumes (docs/kubernetes.md, \"Storage\")", name, want.replicas(), copies)
	}
	template := want.Spec.Claims[0]
	if _, found, err := get[class](ctx, c, "storageclass", template.Spec.Class); err != nil || !found {
		return errors.Join(err, fmt.Errorf("there is no class %s", template.Spec.Class))
	}
	// Nothing is touched unless all are well.
	if err := c.allReady(ctx, want); err != nil {
		return err
	}
	if err := c.apply(ctx, all); err != nil {
		return err
	}
	for i := want.replicas() - 1; i >= 0; i-- {
		if err := c.ready(ctx, name); err != nil {
			return err
		}
		if err := c.allReady(ctx, want); err != nil {
			return err
		}
		if err := c.renew(ctx, want, template, i); err != nil {
			return err
		}
	}
	return nil
}

// allReady returns an error that names a replica that is not ready.
func (c *cluster) allReady(ctx context.Context, s stateful) error {
	for i := range s.replicas() {
		p, found, err := get[pod](ctx, c, "pod", s.pod(i))
		if err != nil {
			return err
		}
		if !found || !p.ready() {
			return fmt.Errorf("%s is not ready: it may have to copy from another, or another from it", s.pod(i))
		}
	}
	return nil
}

// renew has one replica begin anew on a volume of the other class.
func (c *cluster) renew(ctx context.Context, s stateful, template claim, i int) error {
	name := s.claimOf(template, i)
	old, found, err := get[claim](ctx, c, "persistentvolumeclaim", name)
	if err != nil || !found {
		return errors.Join(err, fmt.Errorf("there is no claim %s", name))
	}
	if old.Spec.Class == template.Spec.Class {
		c.say("%s is of the class %s", name, template.Spec.Class)
		return nil
	}
	// Until somebody has looked at the new one.
	if _, err := c.do(ctx, "patch", "persistentvolume", old.Spec.Volume, "--patch", `{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}`); err != nil {
		return err
	}
	// The claim goes when its pod is gone; the StatefulSet makes both again.
	if _, err := c.do(ctx, "delete", "persistentvolumeclaim", name, "--wait=false"); err != nil {
		return err
	}
	if _, err := c.do(ctx, "delete", "pod", s.pod(i)); err != nil {
		return err
	}
	err = c.until(ctx, s.pod(i)+" has copied everything to its new volume", func() (bool, error) {
		now, found, err := get[claim](ctx, c, "persistentvolumeclaim", name)
		if err == nil && !found {
			// The pod was made again before the old claim was gone, and waits for a claim
			// that nobody makes for it any more.
			_, err = c.do(ctx, "delete", "pod", s.pod(i), "--ignore-not-found")
		}
		if err != nil || !found || now.Metadata.UID == old.Metadata.UID || now.Status.Phase != "Bound" {
			return false, errors.Join(err, errors.New("the new claim "+name+" is not bound"))
		}
		p, found, err := get[pod](ctx, c, "pod", s.pod(i))
		return err == nil && found && p.ready(), errors.Join(err, errors.New(s.pod(i)+" is not ready"))
	})
	if err != nil {
		return err
	}
	c.say("%s has a volume of the class %s; the old one, %s, is kept", s.pod(i), template.Spec.Class, old.Spec.Volume)
	return nil
}
