/*  info.c - the facts about an object, for tools and weir_object_info

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/info.h"

#include "codec/pack.h"
#include "machine/call.h"
#include "machine/core/objects.h"

enum {
    PEOPLE_MAX = 1000 //  the holders, and the waiters, that an answer lists
};

static void put_value (weir__call_t *call, weir_value_t value)
{
    if (weir__pack (call->reply, value) != 0)
        call->reply->failed = true;
}

static void put_pair (weir__call_t *call, const char *name, weir_value_t value)
{
    put_value (call, weir_value_string (name));
    put_value (call, value);
}

//  Begins the map of a holder or a waiter. The caller appends `more` pairs.
static void put_person (weir__call_t *call, const weir__link_t *link,
                        size_t more)
{
    weir__pack_head (call->reply, WEIR_MAP, 2 + more);
    put_pair (call, "pid", weir_value_int ((int64_t) link->session->process));
    put_pair (call, "thread", weir_value_int (link->number));
}

static void put_holders (weir__call_t *call)
{
    const weir__hold_t *hold;
    int count;
    DL_COUNT (call->object->holds, hold, count);
    if (count > PEOPLE_MAX)
        count = PEOPLE_MAX;
    put_value (call, weir_value_string ("holders"));
    weir__pack_head (call->reply, WEIR_LIST, (size_t) count);
    DL_FOREACH (call->object->holds, hold)
    {
        if (count-- == 0)
            break;
        put_person (call, hold->link, 3);
        put_pair (call, "token", weir_value_int ((int64_t) hold->token));
        put_pair (call, "count", weir_value_int ((int64_t) hold->count));
        put_pair (call, "lease_ms", weir_value_int (hold->lease_ms));
    }
}

static const char *op_name (const weir__request_t *request)
{
    weir__request_body_t body;
    weir__request_body_read (request->body, request->size, &body);
    const weir__object_t *object =
        weir__object_find (request->object->machine, body.object);
    return object ? object->kind->ops [body.op].name : "wait";
}

static void put_waiters (weir__call_t *call)
{
    const weir__object_t *object = call->object;
    const weir__request_t *request;
    int count = 0;
    for (unsigned line = 0; line < WEIR__LINES; line++) {
        int in_line;
        DL_COUNT (object->lines [line], request, in_line);
        count += in_line;
    }
    put_pair (call, "waiting", weir_value_int (count));
    if (count > PEOPLE_MAX)
        count = PEOPLE_MAX;
    put_value (call, weir_value_string ("waiters"));
    weir__pack_head (call->reply, WEIR_LIST, (size_t) count);
    for (unsigned line = 0; line < WEIR__LINES; line++)
        DL_FOREACH (object->lines [line], request)
        {
            if (count-- == 0)
                return;
            put_person (call, request->link, 1);
            put_pair (call, "for", weir_value_string (op_name (request)));
        }
}

//  Answers with a map of 'kind', 'name', 'sequence' (only of a kind that
//  transacts), the facts of the kind, 'waiting', 'waiters' and 'holders'.
static void info (weir__object_t *object, weir__call_t *call)
{
    weir_value_t facts [2 * WEIR__FACTS];
    size_t count =
        object->kind->describe ? object->kind->describe (object, facts) : 0;
    bool transacts = weir__transacts (object);
    weir__answer_begin (call, WEIR_MAP, 5 + transacts + count);
    put_pair (call, "kind", weir_value_string (object->kind->name));
    put_pair (call, "name", weir_value_string (object->name));
    if (transacts)
        put_pair (call, "sequence",
                  weir_value_int ((int64_t) object->sequence));
    for (size_t i = 0; i < 2 * count; i++)
        put_value (call, facts [i]);
    put_waiters (call);
    put_holders (call);
}

const weir__op_t weir__info_op = {
    .name = "info",
    .apply = info,
    .effect = WEIR__READS,
};
