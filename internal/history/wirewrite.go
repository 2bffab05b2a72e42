package history

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// action is one of a transaction's.
type action struct {
	Put *struct{ Item wireItem }

	Update, ConditionCheck *struct {
		Key                       wireItem
		ConditionExpression       string
		ExpressionAttributeNames  map[string]string
		ExpressionAttributeValues wireItem
	}
}

// transaction notes a TransactWriteItems, as the change that it is meant for: what
// it demands by its conditions is left aside, but for what was seen of buckets and
// holds.
func (x *exchange) transaction() {
	var in struct {
		ClientRequestToken string
		TransactItems      []action
	}
	if !x.read(x.asked, &in) {
		return
	}
	c, unheld, err := x.change(in.TransactItems)
	if err != nil {
		x.fault("%s: %v", x.asked, err)
		return
	}
	w := NewWrite(c)
	w.ID, w.Unheld = in.ClientRequestToken, unheld
	switch {
	case x.unknown():
		x.did(w, Unknown)
	case x.ok():
		x.did(w, Done)
	case x.is("ConditionalCheckFailed"):
		x.saw(append(x.shown(), Sight{Of: w})...)
	}
}

// shown are the items that a refusal shows.
func (x *exchange) shown() (sights []Sight) {
	var out struct{ CancellationReasons []struct{ Item wireItem } }
	if !x.read(x.answer.Body.Bytes(), &out) {
		return nil
	}
	for _, reason := range out.CancellationReasons {
		if reason.Item.counts() {
			item := reason.Item.item()
			sights = append(sights, Sight{Look{item}, x.value(item, reason.Item)})
		}
	}
	return sights
}

// change is what a transaction was made of, as far as it tells. It is unheld if it
// takes units and does not check the holds.
func (x *exchange) change(actions []action) (c retry.Change, unheld bool, err error) {
	c.Seen.Full, c.Seen.Breakers = map[string]time.Time{}, map[string]retry.Breaker{}
	unheld = true
	for _, a := range actions {
		if put := a.Put; put != nil && err == nil {
			err = x.put(&c, put.Item)
		}
	}
	c.Now = c.Trail.At
	for _, a := range actions {
		switch {
		case a.ConditionCheck != nil:
			unheld = a.ConditionCheck.Key.item() != HoldsItem
			c.Seen.Holds.Rev = int(a.ConditionCheck.ExpressionAttributeValues.number(":seen"))
		case a.Update != nil && a.Update.Key.text("sk") == "bucket":
			x.bucket(&c, a.Update.Key.text("pk"), a.Update.ExpressionAttributeValues)
		case a.Update != nil && a.Update.Key.text("pk") == "outcome":
			c.Tally = tallyOf(a.Update.Key.text("sk"), a.Update.ExpressionAttributeNames)
		}
	}
	if c.Record.Rev == 0 && err == nil {
		err = fmt.Errorf("it writes no record")
	}
	return c, unheld && len(c.Takes) > 0, err
}

// put reads a record, a trail or a breaker.
func (x *exchange) put(c *retry.Change, it wireItem) (err error) {
	switch sk := it.text("sk"); {
	case sk == "record":
		if c.Execution, err = retry.ParseExecutionARN(strings.TrimPrefix(it.text("pk"), "execution#")); err != nil {
			return err
		}
		c.Expires = time.Unix(it.number("ttl"), 0)
		err = it.decode(&c.Record)
		c.Seen.Record.Rev = c.Record.Rev - 1
	case strings.HasPrefix(sk, "decision#"):
		err = it.decode(&c.Trail)
	case it.text("pk") == "breaker":
		var b retry.Breaker
		err = it.decode(&b)
		c.Breakers = append(c.Breakers, b)
		c.Seen.Breakers[b.Scope] = retry.Breaker{Scope: b.Scope, Rev: b.Rev - 1}
	default:
		err = fmt.Errorf("it puts %s", it.item())
	}
	return err
}

// bucket reads a unit to take, from what was seen full or drawn from, or a bucket
// to fill.
func (x *exchange) bucket(c *retry.Change, key string, values wireItem) {
	b := x.Bucket(key)
	b.Key = key
	switch {
	case values[":interval"] != nil:
		c.Seen.Full[key] = c.Now.Add(time.Millisecond)
		c.Takes = append(c.Takes, b)
	case values[":next"] != nil:
		c.Takes = append(c.Takes, b)
	default:
		c.Refills = append(c.Refills, b)
	}
}

// tallyOf is the outcome that is counted.
func tallyOf(sk string, names map[string]string) *retry.Tally {
	pipeline, class, _ := strings.Cut(sk, "#")
	t := &retry.Tally{Pipeline: pipeline, Class: cause.Class(class)}
	for _, name := range names {
		switch name {
		case "pipeline", "class":
		case string(retry.FailedAnew) + "_same":
			t.Result, t.Same = retry.FailedAnew, true
		default:
			t.Result = retry.Result(name)
		}
	}
	return t
}
