/*  var.c - the sequential model of var

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <math.h>

#include "codec/ops.h"
#include "model/model.h"

//  Converts the value to the type of the var. Returns false after failing the
//  request.
static bool fits (const model_object_t *self, model_request_t *request,
                  weir_value_t *value)
{
    weir_type_t type = self->values [0].type;
    if (type == WEIR_REAL && value->type == WEIR_INTEGER)
        *value = weir_value_real ((double) value->integer);
    if (value->type == type)
        return true;
    model_fail (request, EINVAL);
    return false;
}

static void var_add (model_object_t *self, model_request_t *request)
{
    weir_value_t delta = request->step.args [0], sum;
    if (self->values [0].type == WEIR_INTEGER && delta.type == WEIR_REAL)
        model_fail (request, EINVAL);
    else if (model_sum (request, self->values [0], delta, &sum)) {
        self->values [0] = sum;
        model_answer (request, sum);
    }
}

static bool is_number (weir_value_t value)
{
    return value.type == WEIR_BOOL || value.type == WEIR_INTEGER ||
           value.type == WEIR_REAL;
}

//  -1: the two cannot be compared; else whether it is so.
static int is_so (const model_object_t *self, const step_t *step)
{
    weir_value_t value = self->values [0], wanted = step->args [0];
    bool numbers = is_number (value) && is_number (wanted);
    if (value.type != wanted.type && !numbers)
        return -1;
    if (step->op != WEIR__VAR_WAIT_AT_LEAST)
        return weir_value_equal (value, wanted) ==
               (step->op == WEIR__VAR_WAIT_EQUAL);
    int order = model_order (value, wanted);
    if (order == MODEL_UNORDERED)
        return -1;
    bool is_nan = (value.type == WEIR_REAL && isnan (value.real)) ||
                  (wanted.type == WEIR_REAL && isnan (wanted.real));
    return order >= 0 && !is_nan;
}

void model_var_settle (model_t *model, model_object_t *self)
{
    if (model->transacting)
        return;
    model_request_t *request = model_first (model, self, 0);
    while (request) {
        model_request_t *next = model_next (model, request);
        int so = is_so (self, &request->step);
        if (so < 0)
            model_end_wait (model, request, EINVAL);
        else if (so) {
            model_answer (request, self->values [0]);
            model_resume (model, request);
        }
        request = next;
    }
}

static void wait (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    int so = is_so (self, &request->step);
    if (so < 0)
        model_fail (request, EINVAL);
    else if (so)
        model_answer (request, self->values [0]);
    else
        model_park (model, self, request, 0);
}

void model_var (model_t *model, model_object_t *self, model_request_t *request)
{
    if (request->step.op >= WEIR__VAR_WAIT_EQUAL) {
        wait (model, self, request);
        return;
    }
    unsigned op = request->step.op;
    weir_value_t old = self->values [0];
    weir_value_t fresh = request->step.args [op == WEIR__VAR_CAS];
    if (op == WEIR__VAR_GET)
        model_answer (request, old);
    else if (op == WEIR__VAR_ADD)
        var_add (self, request);
    else if (fits (self, request, &fresh)) {
        bool equal = weir_value_equal (old, request->step.args [0]);
        if (op != WEIR__VAR_CAS || equal)
            self->values [0] = fresh;
        model_answer (request, op == WEIR__VAR_SET   ? weir_value_nil ()
                               : op == WEIR__VAR_CAS ? weir_value_bool (equal)
                                                     : old);
    }
    model_var_settle (model, self);
}
