"""How is any system shown?"""
