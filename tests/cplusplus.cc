/*  cplusplus.cc - the public headers in a C++ program

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

static int faults;

static void wants (bool good, const char *text)
{
    if (!good) {
        std::printf ("not so: %s\n", text);
        faults++;
    }
}

#define WANTS(condition) wants ((condition), #condition)

static void plain_values_become_weir_values ()
{
    WANTS (weir_value (true).type == WEIR_BOOL);
    WANTS (weir_value ('a').integer == 'a');
    WANTS (weir_value (static_cast<short> (-3)).integer == -3);
    WANTS (weir_value (7).type == WEIR_INTEGER);
    WANTS (weir_value (7u).integer == 7);
    WANTS (weir_value (-1L).integer == -1);
    WANTS (weir_value (~0ULL).type == WEIR_INVALID);
    WANTS (weir_value (1.5f).real == 1.5);
    WANTS (weir_value (1.5).type == WEIR_REAL);
    WANTS (std::strcmp (weir_value ("text").string, "text") == 0);
    WANTS (weir_value (weir_value (7)).integer == 7);
}

static void a_list_is_made_of_values ()
{
    const weir_value_t items [] = {weir_value (1), weir_value ("two")};
    const weir_value_t list = weir_value_list (items, 2);
    WANTS (list.type == WEIR_LIST && list.size == 2);
    WANTS (list.items [1].type == WEIR_STRING);
}

static void literals_nest ()
{
    weir_value_t copy;
    WANTS (weir_value_copy (weir_map_of ("a", weir_list_of (1, 2.5)), &copy) ==
           0);
    char *text = weir_value_format (copy);
    WANTS (text && std::strcmp (text, "{'a': [1, 2.5]}") == 0);
    std::free (text);
    weir_value_clear (&copy);
}

int main ()
{
    plain_values_become_weir_values ();
    a_list_is_made_of_values ();
    literals_nest ();
    return faults ? 1 : 0;
}
