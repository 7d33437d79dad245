"""`GET /posts/recent`: the 20 newest posts with their authors and tags, in two statements."""

from django.http import JsonResponse

from shop.models import Post


async def recent(request):
    posts = Post.objects.select_related("author").prefetch_related("tags").order_by("-created_at", "-id")[:20]
    return JsonResponse([as_json(post) async for post in posts], safe=False)


def as_json(post):
    return {
        "id": post.id,
        "title": post.title,
        "created_at": post.created_at,
        "author": {"id": post.author.id, "username": post.author.username},
        "tags": [tag.name for tag in post.tags.all()],
    }
